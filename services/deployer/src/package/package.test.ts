import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { releaseManifest } from "@ratchet/contracts";
import fc from "fast-check";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { testManifest } from "../testing/releases.ts";
import { buildPackage, modelIn, openPackage } from "./package.ts";
import { concatZips, UnreadableZipError } from "./zip.ts";

const bundle = zipSync({ "host.json": Buffer.from("{}"), "dist/functions.cjs": Buffer.from("x".repeat(5_000)) });
const onnx = Buffer.from("weights");

describe("a package", () => {
  test("is the bundle with the model and what is known of it", () => {
    const files = unzipSync(buildPackage(bundle, onnx, testManifest()).bytes);
    expect(Object.keys(files)).toEqual(["host.json", "dist/functions.cjs", "model/model.onnx", "model/release.json"]);
    expect(Buffer.from(files["dist/functions.cjs"] ?? []).toString()).toBe("x".repeat(5_000));
    const manifest: unknown = JSON.parse(Buffer.from(files["model/release.json"] ?? []).toString());
    expect(manifest).toEqual({ format: 1, ...testManifest() });
    expect(releaseManifest.parse(manifest)).toEqual(testManifest());
  });

  test("is read by inference code from before manifests stated their format: it passes over what it does not know", () => {
    const published = new URL("../../../../contracts/golden/documents/release-manifest/1.schema.json", import.meta.url);
    const before = z.fromJSONSchema(JSON.parse(readFileSync(published, "utf8")));
    const files = unzipSync(buildPackage(bundle, onnx, testManifest()).bytes);
    const manifest = JSON.parse(Buffer.from(files["model/release.json"] ?? []).toString()) as object;
    expect(before.safeParse(manifest).success).toBe(true);
    expect(before.safeParse({ ...manifest, version: 7 }).success).toBe(false);
  });

  test("that was built before opens as what it was built from", () => {
    const built = buildPackage(bundle, onnx, testManifest());
    expect(openPackage(built.bytes)).toEqual(built);
    expect(() => openPackage(Buffer.from(bundle))).toThrow(UnreadableZipError);
    expect(() => openPackage(Buffer.from(bundle))).toThrow("the package has no model/release.json");
  });

  test("gives the model that its manifest says, and no other", () => {
    const sha256 = createHash("sha256").update(onnx).digest("hex");
    const built = buildPackage(bundle, onnx, testManifest({ onnx: sha256 }));
    expect(Buffer.from(modelIn(built))).toEqual(onnx);
    const other = buildPackage(bundle, Buffer.from("other weights"), testManifest({ onnx: sha256 }));
    expect(() => modelIn(other)).toThrow("model/model.onnx is not the one of model/release.json");
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
