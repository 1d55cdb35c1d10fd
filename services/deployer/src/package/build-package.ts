import { createHash } from "node:crypto";
import { canonicalJson, type Json, type ReleaseManifest } from "@ratchet/contracts";
import { zipSync } from "fflate";
import { concatZips } from "./zip.ts";

/** A release as it is published, named by its content. */
export interface Package {
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** Zip keeps local time: a local date, so that the bytes do not depend on the time zone. */
const mtime = new Date(1980, 0, 1);

/**
 * The inference bundle with `model/model.onnx` and `model/release.json`: the same parts always make the same bytes.
 * @throws {UnreadableZipError}
 */
export function buildPackage(bundle: Uint8Array, onnx: Uint8Array, manifest: ReleaseManifest): Package {
  const release = Buffer.from(`${canonicalJson(manifest as unknown as Json)}\n`);
  const model = zipSync({ "model/model.onnx": [onnx, { mtime }], "model/release.json": [release, { mtime }] });
  const bytes = concatZips(bundle, model);
  return { sha256: createHash("sha256").update(bytes).digest("hex"), bytes };
}
