import { z } from "zod";
import { modelName, modelVersion, sha256 } from "../names.ts";
import { goldenPredictions, signature } from "./verdict.ts";

/** What an inference app serves: `model/release.json` in a package, beside `model/model.onnx`; written by the deployer. */
export const releaseManifest = z.object({
  model: modelName,
  version: modelVersion,
  /** Digest of the inference bundle. */
  code: sha256,
  /** Digest of `model.onnx`. */
  onnx: sha256,
  signature,
  golden: goldenPredictions,
});
export type ReleaseManifest = z.infer<typeof releaseManifest>;
