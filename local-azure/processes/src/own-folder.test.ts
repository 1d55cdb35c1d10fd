import { chmod, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownFolder } from "./own-folder.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-folder-"));
});
afterAll(() => rm(folder, { recursive: true }));

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test("a folder is its owner's alone, made now or long ago", async () => {
  await ownFolder(join(folder, "new/one"));
  expect(await modeOf(join(folder, "new/one"))).toBe("700");
  await mkdir(join(folder, "old"));
  await chmod(join(folder, "old"), 0o755);
  await ownFolder(join(folder, "old"));
  expect(await modeOf(join(folder, "old"))).toBe("700");
});
