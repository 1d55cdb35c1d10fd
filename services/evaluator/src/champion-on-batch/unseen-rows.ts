import { type Definition, rowIdentifier, rowReader } from "@ratchet/contracts";
import { batchRows, heldOutRows } from "@ratchet/datasets";
import type { StoredRow } from "@ratchet/formats/stored-rows";
import { type RowBlock, rowBlocks } from "@ratchet/scoring";
import type { Stores } from "../stores.ts";

/** A model's rows, and from when on the champion has seen none of them. */
export interface Unseen {
  readonly stores: Stores;
  readonly model: string;
  readonly definition: Pick<Definition, "task" | "data">;
  /** By time: in milliseconds since 1970. */
  readonly notBefore: number | undefined;
}

async function* from(
  rows: AsyncIterable<StoredRow>,
  definition: Unseen["definition"],
  notBefore: number | undefined,
): AsyncGenerator<StoredRow> {
  const identify = rowIdentifier(definition);
  for await (const row of rows) if (notBefore === undefined || identify(row.texts).place >= notBefore) yield row;
}

/**
 * The rows of a batch on which the champion was not trained: those held out, or by `data.time` those from its boundary on.
 * @throws {MissingBatchError} when a file of the batch is not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row; it names batch, line and column.
 */
export function unseenRows({ stores, model, definition, notBefore }: Unseen, batch: string): AsyncGenerator<RowBlock> {
  const reader = rowReader(definition);
  const reading = { stores, model, columns: reader.columns };
  const isByTime = definition.data.time !== undefined;
  const rows = isByTime ? from(batchRows(reading, batch), definition, notBefore) : heldOutRows(reading, batch);
  return rowBlocks(rows, reader);
}
