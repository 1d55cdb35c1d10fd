import { paths } from "@ratchet/contracts";
import type { ScoredVerdict } from "../plan.ts";
import { keepPackage, readExact, type Stores } from "../stores.ts";
import { buildPackage, type Package } from "./package.ts";

/**
 * Makes a release's package of inference code and the very model that was judged, and keeps it.
 * @param code digest of the inference bundle.
 * @throws {MissingFileError} when the bundle or the model is not there, or is another.
 * @throws {UnreadableZipError} when the bundle is no zip.
 */
export async function makePackage(stores: Stores, verdict: ScoredVerdict, code: string): Promise<Package> {
  const { model, version, onnx, signature, golden } = verdict;
  const [bundle, weights] = await Promise.all([
    readExact(stores, { container: "releases", path: paths.codeRelease(code), sha256: code }),
    readExact(stores, onnx),
  ]);
  const made = buildPackage(bundle, weights, { model, version, code, onnx: onnx.sha256, signature, golden });
  await keepPackage(stores, made);
  return made;
}
