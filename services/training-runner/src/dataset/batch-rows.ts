import { type Column, paths } from "@ratchet/contracts";
import { type StoredRow, storedRows, UnreadableRowsError } from "@ratchet/formats/stored-rows";
import { MissingBlobError } from "../start/copy-all.ts";
import type { Stores } from "../stores.ts";

/** A row of a batch. */
export interface BatchRow extends StoredRow {
  /** Whether it was held out when the batch was admitted. */
  readonly held: boolean;
}

/**
 * The rows of a batch by the present schema, in the order in which they are numbered: those that train, then those held out.
 * @throws {MissingBlobError} when one of its files is not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row; it names batch, line and column.
 */
export async function* batchRows(
  stores: Stores,
  model: string,
  batch: string,
  columns: readonly Column[],
): AsyncGenerator<BatchRow> {
  const batches = stores.blobs("batches");
  for (const held of [false, true]) {
    const path = held ? paths.batchHoldout(model, batch) : paths.batchTrain(model, batch);
    const source = await batches.open(path);
    if (!source) throw new MissingBlobError(batches.name, path);
    for await (const row of storedRows(source, columns, `batch ${batch}`)) {
      if (row instanceof UnreadableRowsError) throw row;
      yield { ...row, held };
    }
  }
}
