import { paths, type ReleaseManifest } from "@ratchet/contracts";
import type { ScoredVerdict } from "../commands/plan.ts";
import { keepPackage, readExact, type Stores } from "../stores.ts";
import { readKeptPackage } from "./kept-package.ts";
import { buildPackage, modelIn, type Package } from "./package.ts";

async function make(stores: Stores, onnx: Uint8Array, manifest: ReleaseManifest): Promise<Package> {
  const { code } = manifest;
  const bundle = await readExact(stores, { container: "releases", path: paths.codeRelease(code), sha256: code });
  const made = buildPackage(bundle, onnx, manifest);
  await keepPackage(stores, made);
  return made;
}

/**
 * Makes a release's package of inference code and the very model that was judged, and keeps it.
 * @param code digest of the inference bundle.
 * @throws {MissingFileError} when the bundle or the model is not there, or is another.
 * @throws {UnreadableZipError} when the bundle is no zip.
 */
export async function makePackage(stores: Stores, verdict: ScoredVerdict, code: string): Promise<Package> {
  const { model, version, onnx, signature, golden } = verdict;
  const weights = await readExact(stores, onnx);
  return make(stores, weights, { model, version, code, onnx: onnx.sha256, signature, golden });
}

/**
 * Makes a package of other inference code and the very model of a package before. What lies in `runs` and what verdicts say by now
 * does not matter: others write there.
 * @param sha256 digest of the package before.
 * @throws {MissingFileError} when the bundle or the package is not there, or is another.
 * @throws {UnreadableZipError} when the bundle is no zip.
 */
export async function remakePackage(stores: Stores, sha256: string, code: string): Promise<Package> {
  const kept = await readKeptPackage(stores, sha256);
  return make(stores, modelIn(kept), { ...kept.manifest, code });
}
