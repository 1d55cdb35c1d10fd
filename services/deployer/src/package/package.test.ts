import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { testManifest } from "../testing/releases.ts";
import { buildPackage } from "./build-package.ts";
import { concatZips, UnreadableZipError } from "./zip.ts";

const bundle = zipSync({ "host.json": Buffer.from("{}"), "dist/functions.cjs": Buffer.from("x".repeat(5_000)) });
const onnx = Buffer.from("weights");

describe("a package", () => {
  test("is the bundle with the model and what is known of it", () => {
    const files = unzipSync(buildPackage(bundle, onnx, testManifest()).bytes);
    expect(Object.keys(files)).toEqual(["host.json", "dist/functions.cjs", "model/model.onnx", "model/release.json"]);
    expect(Buffer.from(files["dist/functions.cjs"] ?? []).toString()).toBe("x".repeat(5_000));
    expect(JSON.parse(Buffer.from(files["model/release.json"] ?? []).toString())).toEqual(testManifest());
  });

  test("has the same bytes for the same parts, however their fields are ordered", () => {
    const { model, ...rest } = testManifest();
    expect(buildPackage(bundle, onnx, { ...rest, model }).sha256).toBe(
      buildPackage(bundle, onnx, testManifest()).sha256,
    );
  });

  test("differs with each of its parts", () => {
    const digests = [
      buildPackage(bundle, onnx, testManifest()),
      buildPackage(bundle, Buffer.from("other weights"), testManifest()),
      buildPackage(bundle, onnx, testManifest({ version: "8" })),
      buildPackage(zipSync({ "host.json": Buffer.from("{ }") }), onnx, testManifest()),
    ].map(({ sha256 }) => sha256);
    expect(new Set(digests).size).toBe(4);
  });

  test("is a zip to other programs too", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ratchet-package-"));
    const file = join(folder, "package.zip");
    await writeFile(file, buildPackage(bundle, onnx, testManifest()).bytes);
    const check = await promisify(execFile)("python3", ["-m", "zipfile", "-t", file]);
    expect(check.stdout).toContain("Done testing");
    await rm(folder, { recursive: true });
  });
});

describe("zips put together", () => {
  const files = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.uint8Array({ maxLength: 200 }));
  const named = (prefix: string, content: Record<string, Uint8Array>) =>
    Object.fromEntries(Object.entries(content).map(([name, bytes]) => [`${prefix}/${name}`, bytes]));

  test("hold exactly the files of both", () => {
    fc.assert(
      fc.property(files, files, (first, second) => {
        const [a, b] = [named("a", first), named("b", second)];
        expect(unzipSync(concatZips(zipSync(a), zipSync(b)))).toEqual({ ...a, ...b });
      }),
    );
  });

  test("can be put together again", () => {
    const zips = ["a", "b", "c"].map((name) => zipSync({ [name]: Buffer.from(name) })) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    expect(Object.keys(unzipSync(concatZips(concatZips(zips[0], zips[1]), zips[2])))).toEqual(["a", "b", "c"]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["is no zip", Buffer.from("hello"), /the inference bundle is not a zip/],
    ["was cut off", bundle.slice(40), /damaged zip/],
    [
      "has a model of its own",
      zipSync({ "model/model.onnx": onnx }),
      /has a file model\/model\.onnx; that is the model's place/,
    ],
  ])("are refused where one %s", (_, bytes, reason) => {
    const act = () => buildPackage(bytes, onnx, testManifest());
    expect(act).toThrow(reason);
    expect(act).toThrow(UnreadableZipError);
  });
});
