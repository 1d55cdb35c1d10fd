import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { modelName, modelVersion, sha256 } from "../names.ts";
import { exampleGolden, exampleSignature, goldenPredictions, signature } from "./verdict.ts";

/** What an inference app serves: `model/release.json` in a package, beside `model/model.onnx`; written by the deployer. */
export const releaseManifest = defineDocument({
  name: "release manifest",
  description: "What an inference app serves.",
  schema: z.object({
    model: modelName,
    version: modelVersion,
    /** Digest of the inference bundle. */
    code: sha256,
    /** Digest of `model.onnx`. */
    onnx: sha256,
    signature,
    golden: goldenPredictions,
  }),
  example: {
    model: "digits",
    version: "7",
    code: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    onnx: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    signature: exampleSignature,
    golden: exampleGolden,
  },
});
export type ReleaseManifest = DocumentOf<typeof releaseManifest>;
