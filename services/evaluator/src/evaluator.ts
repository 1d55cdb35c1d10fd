import type { Stores } from "./stores.ts";

/** What the evaluator's handlers work with. */
export interface Evaluator {
  readonly stores: Stores;
}
