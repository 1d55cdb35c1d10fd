import { type Column, paths } from "@ratchet/contracts";
import { type StoredRow, storedRows, UnreadableRowsError } from "@ratchet/formats/stored-rows";
import { anyTaken, isTaken, type TakenRows } from "../plan/taken-rows.ts";
import type { AdmittedBatch } from "./admitted-pages.ts";
import { MissingBatchError } from "./missing-batch-error.ts";
import type { RowStores } from "./row-stores.ts";

/** A row of a batch. */
interface BatchRow extends StoredRow {
  /** Whether it was held out when the batch was admitted. */
  readonly held: boolean;
}

/** The batch of a model whose rows are read, and by which columns. */
export interface Reading {
  readonly stores: RowStores;
  readonly model: string;
  readonly columns: readonly Column[];
}

async function* rowsOn(held: boolean, { stores, model, columns }: Reading, batch: string): AsyncGenerator<BatchRow> {
  const path = held ? paths.batchHoldout(model, batch) : paths.batchTrain(model, batch);
  const source = await stores.blobs("batches").open(path);
  if (!source) throw new MissingBatchError(path);
  for await (const row of storedRows(source, columns, `batch ${batch}`)) {
    if (row instanceof UnreadableRowsError) throw row;
    yield { ...row, held };
  }
}

/**
 * The rows of a batch by the present schema, in the order in which they are numbered: those that train, then those held out.
 * @throws {MissingBatchError} when one of its files is not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row; it names batch, line and column.
 */
export async function* batchRows(reading: Reading, batch: string): AsyncGenerator<BatchRow> {
  yield* rowsOn(false, reading, batch);
  yield* rowsOn(true, reading, batch);
}

/**
 * The rows of a batch that were held out when it came in, by the present schema.
 * @throws {MissingBatchError} when their file is not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row; it names batch, line and column.
 */
export const heldOutRows = (reading: Reading, batch: string): AsyncIterable<StoredRow> => rowsOn(true, reading, batch);

/**
 * Those rows of a batch that are taken, by the present schema. A file of which none is taken is not opened.
 * @throws {MissingBatchError} when one of its files is not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row before the last one taken; it names batch, line and column.
 */
export async function* takenRows(
  reading: Reading,
  { batch, rows, held }: Pick<AdmittedBatch, "batch" | "rows" | "held">,
  { bitmap, rows: wanted }: Pick<TakenRows, "bitmap" | "rows">,
): AsyncGenerator<StoredRow> {
  const files = [
    { isHeld: false, from: 0, to: rows - held },
    { isHeld: true, from: rows - held, to: rows },
  ];
  let left = wanted;
  for (const { isHeld, from, to } of files) {
    if (left === 0 || !anyTaken(bitmap, from, to)) continue;
    let row = from;
    for await (const one of rowsOn(isHeld, reading, batch)) {
      if (isTaken(bitmap, row)) {
        yield one;
        left -= 1;
        if (left === 0) return;
      }
      row += 1;
    }
  }
}
