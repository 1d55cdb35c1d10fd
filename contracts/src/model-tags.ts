/**
 * What is written on a model version in the registry of Azure ML: by the training-runner on Ratchet's own, by others on
 * models that are to challenge one of Ratchet's. The evaluator reads tags; properties are there for people.
 */

/** Tags. They can be changed after registration, and `ModelRegistered` carries them. */
export const modelTags = {
  /** The run that made the version. Set on Ratchet's own models alone: their evaluation is asked for already. */
  run: "ratchet-run",
  /** Set by others: the name of the model that the version challenges. */
  challenges: "ratchet",
  /** Set by others: where the version's ONNX file is in the data account, `<container>/<path>`. */
  onnx: "ratchet-onnx",
  /**
   * Set by others: ids of the batches that the version was trained on, separated by commas. What is held out judges it in any
   * case; by `data.time` only what was admitted after these. The property of the same name is another thing.
   */
  trainedOn: "ratchet-batches",
} as const;

/** Properties: the lineage of a version that Ratchet trained. They cannot be changed after registration. */
export const modelProperties = {
  /** The run that made the version. */
  run: "ratchet-run",
  /** Digest of the data that the version was trained on: `datasets/<model>/<digest>.json` lists its batches. */
  dataset: "ratchet-dataset",
  /** How many batches that are. */
  batches: "ratchet-batches",
  /** SHA-256 of the training code, or `unknown`. */
  code: "ratchet-code",
  /** Version of the applied definition. */
  definition: "ratchet-definition",
  /** The version, with its run, whose weights the training began from, or `none`. */
  warmStart: "ratchet-warm-start",
} as const;
