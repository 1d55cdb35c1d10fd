import type { ModelFace, ModelShape } from "../models/model.ts";

/** What a process that scores is asked, one after the other. */
export type Question =
  | { readonly kind: "open"; readonly onnx: Uint8Array; readonly shape: ModelShape }
  | { readonly kind: "run"; readonly features: Float32Array; readonly rows: number };

/** What it says: that it has begun, and then one answer to each question. */
export type Answer =
  | { readonly kind: "ready" }
  | ({ readonly kind: "opened" } & ModelFace)
  | { readonly kind: "outputs"; readonly values: Float64Array }
  /** The model is not what it should be. */
  | { readonly kind: "unusable"; readonly message: string };
