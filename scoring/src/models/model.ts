import type { Signature } from "@ratchet/contracts";

/** What a model has to fit. */
export interface ModelShape {
  readonly task: "classification" | "regression";
  /** F: how many features a row has. */
  readonly features: number;
  /** The classes by index; undefined for a regression. */
  readonly classes: readonly string[] | undefined;
  /** The features' names, by which they go into a model that has an input for each; it must have one for all where this is left out. */
  readonly names?: readonly string[] | undefined;
}

/** What is known of a model that fits its shape. */
export interface ModelFace {
  readonly signature: Signature;
  readonly input: string;
  readonly output: string;
  /** Whether the output is a class index a row, not a score for each class. */
  readonly givesLabels: boolean;
}

/** A model ready to score rows. */
export interface OnnxModel extends ModelFace {
  /**
   * The output for rows × F features, row-major: rows × C scores, or one number a row.
   * @throws {UnusableModelError} when it fails, takes more than it may, or gives another number of values.
   */
  run(features: Float32Array, rows: number): Promise<Float64Array>;
  release(): Promise<void>;
}

/** A model that is scored apart from everything else, and can say what it took. */
export interface ScoredApart extends OnnxModel {
  /** The most memory that it took until now, in bytes. */
  memory(): Promise<number>;
}

/** What scoring with one model may take. */
export interface ScoringLimits {
  /** In bytes, beyond what the process has before it reads the model. */
  readonly memory: number;
  /** In milliseconds, to open the model and to run it on all rows. */
  readonly time: number;
}

/**
 * Makes a model of its file's bytes ready to score rows.
 * @throws {UnusableModelError} when it is no ONNX model of this shape, or takes more than it may; it says what to do.
 */
export type OpenModel = (onnx: Uint8Array, shape: ModelShape, limits: ScoringLimits) => Promise<ScoredApart>;
