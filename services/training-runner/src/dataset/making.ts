import type { Indexed } from "@ratchet/datasets";
import type { Stores } from "../stores.ts";

/** The model whose data set is made, and by what definition. */
export interface Making extends Indexed {
  readonly stores: Stores;
}
