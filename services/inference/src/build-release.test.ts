import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildInferenceRelease, type InferenceRelease, UnsupportedPlatformError } from "./build-release.ts";

const here = { platform: process.platform, arch: process.arch };

let folder: string;
let release: InferenceRelease;
let entries: Record<string, Uint8Array>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-release-"));
  release = await buildInferenceRelease({ ...here, path: join(folder, "a.zip") });
  entries = unzipSync(await readFile(release.path));
});
afterAll(() => rm(folder, { recursive: true }));

describe("an inference release", () => {
  test("has the same bytes for the same sources", async () => {
    const again = await buildInferenceRelease({ ...here, path: join(folder, "b.zip") });
    expect(again.sha256).toBe(release.sha256);
  });

  test("is a function app that needs nothing installed", () => {
    const packageJson = JSON.parse(Buffer.from(entries["package.json"] ?? []).toString()) as Record<string, unknown>;
    expect(packageJson["main"]).toBe("dist/functions.cjs");
    expect(packageJson["dependencies"]).toBeUndefined();
    expect(Object.keys(entries)).toEqual(
      expect.arrayContaining(["dist/functions.cjs", "host.json", "page/index.html"]),
    );
  });

  test("starts where it is unpacked, with nothing of the workspace around it", async () => {
    const unpacked = join(folder, "unpacked");
    for (const [path, bytes] of Object.entries(entries)) {
      await mkdir(dirname(join(unpacked, path)), { recursive: true });
      await writeFile(join(unpacked, path), bytes);
    }
    const script = "require('./dist/functions.cjs'); console.log('started'); process.exit(0)";
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: unpacked });
    expect(stdout).toContain("started");
  });

  test("carries ONNX Runtime for its platform and no other", () => {
    const binaries = Object.keys(entries).filter((path) => path.includes("/bin/"));
    const own = `node_modules/onnxruntime-node/bin/napi-v6/${here.platform}/${here.arch}/`;
    expect(binaries).toContain(`${own}onnxruntime_binding.node`);
    expect(binaries.filter((path) => !path.startsWith(own))).toEqual([]);
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
