import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FolderInUseError, lockFolder } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folder-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Another process that has taken the folder. */
async function otherHolder() {
  const program = `
    import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, "folder-lock.ts"))};
    await lockFolder(process.argv[1]);
    globalThis.gc();
    console.log("taken");
    setInterval(() => {}, 1000);`;
  const flags = ["--disable-warning=ExperimentalWarning", "--expose-gc", "--input-type=module", "--eval"];
  const other = spawn(process.execPath, [...flags, program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  await once(other.stdout, "data");
  return other;
}

test("a folder is one process's alone, and the other is told which", async () => {
  const other = await otherHolder();
  const refusal = await lockFolder(folder).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(FolderInUseError);
  expect(refusal).toMatchObject({ folder, holder: { id: other.pid, command: expect.stringContaining("lockFolder") } });
  expect(String(refusal)).toMatch(`${folder} is in use by process ${other.pid} (`);
  other.kill("SIGKILL");
});

test("who was killed leaves no lock behind, and who waits gets it then", async () => {
  const other = await otherHolder();
  const waiting = lockFolder(folder, { waitMs: 10_000 });
  other.kill("SIGKILL");
  (await waiting).release();
});

test("a folder that was released can be taken again, in the same process too", async () => {
  const first = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${process.pid} (`);
  first.release();
  first.release();
  (await lockFolder(folder)).release();
});
