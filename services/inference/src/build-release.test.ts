import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildInferenceRelease, type InferenceRelease, UnsupportedPlatformError } from "./build-release.ts";

let folder: string;
let release: InferenceRelease;
let entries: Record<string, Uint8Array>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-release-"));
  release = await buildInferenceRelease({ platform: "linux", arch: "x64", path: join(folder, "a.zip") });
  entries = unzipSync(await readFile(release.path));
});
afterAll(() => rm(folder, { recursive: true }));

describe("an inference release", () => {
  test("has the same bytes for the same sources", async () => {
    const again = await buildInferenceRelease({ platform: "linux", arch: "x64", path: join(folder, "b.zip") });
    expect(again.sha256).toBe(release.sha256);
  });

  test("is a function app that needs nothing installed", () => {
    const packageJson = JSON.parse(Buffer.from(entries["package.json"] ?? []).toString()) as Record<string, unknown>;
    expect(packageJson["main"]).toBe("dist/functions.cjs");
    expect(packageJson["dependencies"]).toBeUndefined();
    expect(Object.keys(entries)).toEqual(expect.arrayContaining(["dist/functions.cjs", "host.json"]));
  });

  test("carries ONNX Runtime for its platform and no other", () => {
    const binaries = Object.keys(entries).filter((path) => path.includes("/bin/"));
    expect(binaries).toContain("node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node");
    expect(binaries.filter((path) => !path.includes("/linux/x64/"))).toEqual([]);
  });

  test("holds no model: that is what a release adds to it", () => {
    expect(Object.keys(entries).filter((path) => path.startsWith("model/"))).toEqual([]);
  });

  test("is refused for a platform that ONNX Runtime does not run on", async () => {
    await expect(
      buildInferenceRelease({ platform: "plan9", arch: "mips", path: join(folder, "c.zip") }),
    ).rejects.toThrow(UnsupportedPlatformError);
  });
});
