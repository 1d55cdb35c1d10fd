import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { dropFiles, dropPath } from "./drop.ts";

const now = new Date("2026-11-23T09:08:07.654Z");

describe("dropping files", () => {
  let stage: TestDeployment;
  beforeAll(async () => {
    stage = await startTestDeployment();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("puts each below its model, under a name that later drops of the same file do not take", () => {
    expect(dropPath("digits", "some/folder/part 1.csv", now)).toBe("digits/2026-11-23/090807654-part 1.csv");
    expect(dropPath("digits", "part 1.csv", new Date(now.getTime() + 1))).not.toBe(
      dropPath("digits", "part 1.csv", now),
    );
  });

  test("uploads the bytes as they are, an empty file too, and a file of many blocks", async () => {
    const contents = { "a.csv": "x,y\n1,2\n", "empty.csv": "", "big.csv": "0123456789abcdef".repeat(1_500_000) };
    const files = await Promise.all(
      Object.entries(contents).map(async ([name, content]) => {
        const path = join(stage.folder, name);
        await writeFile(path, content);
        return path;
      }),
    );
    const seen: string[] = [];
    const drops = await dropFiles(stage.deployment, "digits", files, { now, onDrop: ({ file }) => seen.push(file) });
    expect(seen).toEqual(files);
    for (const [index, content] of Object.values(contents).entries()) {
      const blob = stage.deployment.container("drops").getBlobClient(drops[index]?.path ?? "");
      expect((await blob.downloadToBuffer()).toString() === content).toBe(true);
    }
  });

  test("sends nothing where one of the files is not there", async () => {
    const good = join(stage.folder, "good.csv");
    await writeFile(good, "x\n1\n");
    await expect(dropFiles(stage.deployment, "other", [good, join(stage.folder, "gone.csv")], { now })).rejects.toThrow(
      /gone\.csv is not there/,
    );
    const blobs = stage.deployment.container("drops").listBlobsFlat({ prefix: "other/" });
    expect((await blobs.next()).done).toBe(true);
  });
});
