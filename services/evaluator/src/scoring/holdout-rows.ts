import { type Definition, rowReader } from "@ratchet/contracts";
import { type AdmittedBatch, type TakenRows, takenRows } from "@ratchet/datasets";
import { type RowBlock, rowBlocks } from "@ratchet/scoring";
import type { Stores } from "../stores.ts";

/** A batch of which rows judge. */
export interface JudgingBatch {
  readonly batch: AdmittedBatch;
  readonly taken: TakenRows;
}

/** What rows are wanted, and how. */
export interface HoldoutRequest {
  readonly model: string;
  readonly batches: readonly JudgingBatch[];
  readonly definition: Pick<Definition, "task" | "data">;
  /** The columns whose texts are wanted. */
  readonly textColumns: readonly string[];
}

/**
 * The rows that judge, in the order of their batches, at most 1,024 at once, so that memory does not grow with the files.
 * @throws {UnreadableRowsError} when a row does not fit the definition; it names batch, line and column.
 * @throws {MissingBatchError} when a file of a batch is not there.
 */
export async function* readHoldout(stores: Stores, request: HoldoutRequest): AsyncGenerator<RowBlock> {
  const { model, batches, definition, textColumns } = request;
  const reader = rowReader(definition);
  for (const { batch, taken } of batches)
    yield* rowBlocks(takenRows({ stores, model, columns: reader.columns }, batch, taken), reader, textColumns);
}
