import { canonicalJson, type Json, type ReleaseManifest, releaseManifest } from "@ratchet/contracts";
import { unzipSync, zipSync } from "fflate";
import { sha256Of } from "../digest.ts";
import { concatZips, UnreadableZipError } from "./zip.ts";

/** A release as it is published: an inference bundle with a model in it. */
export interface Package {
  /** What it serves, as it says itself. */
  readonly manifest: ReleaseManifest;
  /** Names it: the same parts make the same bytes. */
  readonly sha256: string;
  readonly bytes: Buffer;
}

const modelPath = "model/model.onnx";
const manifestPath = "model/release.json";

/** Zip keeps local time: a local date, so that the bytes do not depend on the time zone. */
const mtime = new Date(1980, 0, 1);

/**
 * The inference bundle with `model/model.onnx` and `model/release.json`: the same parts always make the same bytes.
 * @throws {UnreadableZipError} when the bundle is no zip, or has a model already.
 */
export function buildPackage(bundle: Uint8Array, onnx: Uint8Array, manifest: ReleaseManifest): Package {
  const release = Buffer.from(`${canonicalJson(releaseManifest.toJson(manifest) as Json)}\n`);
  const model = zipSync({ [modelPath]: [onnx, { mtime }], [manifestPath]: [release, { mtime }] });
  const bytes = concatZips(bundle, model);
  return { manifest, sha256: sha256Of(bytes), bytes };
}

/** @throws {UnreadableZipError} when the package has no such file. */
function fileOf(bytes: Buffer, path: string): Uint8Array {
  const file = unzipSync(bytes, { filter: ({ name }) => name === path })[path];
  if (!file) throw new UnreadableZipError(`the package has no ${path}`);
  return file;
}

/**
 * A package that was built before.
 * @throws {UnreadableZipError} when it has no manifest.
 * @throws {DocumentError} when its manifest is none.
 */
export function openPackage(bytes: Buffer): Package {
  const manifest = releaseManifest.parse(JSON.parse(Buffer.from(fileOf(bytes, manifestPath)).toString("utf8")));
  return { manifest, sha256: sha256Of(bytes), bytes };
}

/**
 * The model in a package.
 * @throws {UnreadableZipError} when it has none, or another than its manifest says.
 */
export function modelIn({ bytes, manifest }: Package): Uint8Array {
  const onnx = fileOf(bytes, modelPath);
  if (sha256Of(onnx) !== manifest.onnx) throw new UnreadableZipError(`${modelPath} is not the one of ${manifestPath}`);
  return onnx;
}
