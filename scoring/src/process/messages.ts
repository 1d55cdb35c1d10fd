import type { ModelFace, ModelShape } from "../models/model.ts";

/** What a process that scores is asked, one after the other. */
export type Question =
  | { readonly kind: "open"; readonly onnx: Uint8Array; readonly shape: ModelShape }
  | { readonly kind: "run"; readonly features: Float32Array; readonly rows: number }
  /** What the process has taken of memory at most, beyond what it had before it opened a model. */
  | { readonly kind: "memory" }
  /** To run two models, or one, in turns, one row at a time. */
  | ({ readonly kind: "race" } & Race);

/** What a process is to race, and on which rows. */
export interface Race {
  readonly models: readonly Uint8Array[];
  readonly shape: ModelShape;
  readonly features: Float32Array;
  readonly rows: number;
  /** What it may take in all, in milliseconds. */
  readonly time: number;
}

/** What it says: that it has begun, and then one answer to each question. */
export type Answer =
  | { readonly kind: "ready" }
  | ({ readonly kind: "opened" } & ModelFace)
  | { readonly kind: "outputs"; readonly values: Float64Array }
  /** In bytes. */
  | { readonly kind: "memory"; readonly bytes: number }
  /** Of each model, the 95th percentile of a row's time in each block, in milliseconds. */
  | { readonly kind: "raced"; readonly blocks: readonly (readonly number[])[] }
  /** The model is not what it should be. */
  | { readonly kind: "unusable"; readonly message: string };
