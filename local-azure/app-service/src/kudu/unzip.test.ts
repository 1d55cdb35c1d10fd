import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Zippable, zipSync } from "fflate";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PackageError, unzip } from "./unzip.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "unzip-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function unpacked(entries: Zippable): Promise<number> {
  const file = join(folder, "package.zip");
  await writeFile(file, zipSync(entries));
  return unzip(file, join(folder, "out"));
}

/** Unix attributes of an entry, as `zip` on Unix writes them. */
const unix = (content: string, mode: number): Zippable[string] => [
  Buffer.from(content),
  { os: 3, attrs: (mode << 16) >>> 0 },
];

test("files come out in their folders, programs stay programs", async () => {
  const files = await unpacked({
    "a.txt": Buffer.from("a"),
    dir: { "b.bin": new Uint8Array(100_000) },
    "run.sh": unix("#!/bin/sh", 0o100755),
    "empty/": new Uint8Array(),
  });
  expect(files).toBe(3);
  expect(await readFile(join(folder, "out/a.txt"), "utf8")).toBe("a");
  expect((await stat(join(folder, "out/dir/b.bin"))).size).toBe(100_000);
  expect((await stat(join(folder, "out/run.sh"))).mode & 0o111).not.toBe(0);
  expect((await stat(join(folder, "out/a.txt"))).mode & 0o111).toBe(0);
  expect((await stat(join(folder, "out/empty"))).isDirectory()).toBe(true);
});

test.each<[string, Zippable, RegExp]>([
  ["climbs out of the folder", { "../evil.txt": Buffer.from("x") }, /invalid relative path/],
  ["climbs out with backslashes", { "..\\evil.txt": Buffer.from("x") }, /invalid relative path/],
  ["names an absolute path", { "/tmp/evil.txt": Buffer.from("x") }, /absolute path/],
  ["is a symbolic link", { link: unix("/etc/passwd", 0o120777) }, /"link" is a symbolic link/],
])("an entry that %s is refused, and nothing is left outside", async (_, entries, reason) => {
  const failure = await unpacked(entries).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PackageError);
  expect(String(failure)).toMatch(reason);
  expect((await readdir(folder)).sort()).toEqual(["out", "package.zip"]);
});
