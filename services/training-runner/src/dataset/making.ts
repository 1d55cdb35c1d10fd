import type { Indexed } from "@ratchet/datasets";
import type { Stores } from "../stores.ts";

/** The model whose data set is made, by what definition, and when. */
export interface Making extends Indexed {
  readonly stores: Stores;
  readonly now: Date;
}

/** What of data sets is there: when each was changed last, by path. */
export type There = ReadonlyMap<string, Date>;
