import type { openModel } from "./scoring/onnx-model.ts";
import type { Stores } from "./stores.ts";

/** What the evaluator's handlers work with. */
export interface Evaluator {
  readonly stores: Stores;
  /** Makes a model of its file's bytes ready to score rows. */
  readonly openModel: typeof openModel;
}
