import { RowIndexError } from "../index/row-index-error.ts";
import type { StoredIndex } from "../index/stored-index.ts";

/** A batch that a data set is planned from. */
export interface PlannedBatch {
  readonly rows: number;
  /** Whether its rows can count: it is neither withdrawn nor in quarantine. */
  readonly active: boolean;
  /** Its place in the order of admission. */
  readonly order: number;
}

/** An index whose batches were admitted after those of the indexes before it, each after the one before it. */
export interface PlannedIndex extends StoredIndex {
  readonly batches: readonly PlannedBatch[];
}

/**
 * All batches of several indexes, in the order of admission.
 * @throws {RowIndexError} when they are in another order.
 */
export function plannedBatches(indexes: readonly PlannedIndex[]): readonly PlannedBatch[] {
  let last = Number.NEGATIVE_INFINITY;
  for (const { name, batches } of indexes)
    for (const { order } of batches) {
      if (order <= last)
        throw new RowIndexError(
          name,
          `has the batch admitted as ${order}, which does not come after ${last}; plan in the order of admission`,
        );
      last = order;
    }
  return indexes.flatMap(({ batches }) => batches);
}
