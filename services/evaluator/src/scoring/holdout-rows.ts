import { type Definition, type RowReader, rowReader } from "@ratchet/contracts";
import { type AdmittedBatch, type TakenRows, takenRows } from "@ratchet/datasets";
import type { StoredRow } from "@ratchet/formats/stored-rows";
import type { RowBlock } from "@ratchet/scoring";
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

const mostAtOnce = 1_024;

/** Collects rows into what a model takes at once. */
function collector(reader: RowReader, textColumns: readonly string[]) {
  const { columns, features: seen, label } = reader;
  const width = seen.length;
  const features = new Float32Array(mostAtOnce * width);
  const labels = new Float64Array(mostAtOnce);
  const texts = textColumns.map((): string[] => []);
  const all: (readonly string[])[] = [];
  const places = seen.map((column) => columns.indexOf(column));
  const textPlaces = textColumns.map((name) => columns.findIndex((column) => column.name === name));
  const labelPlace = columns.indexOf(label);
  let count = 0;
  return {
    get full() {
      return count === mostAtOnce;
    },
    add(row: StoredRow): void {
      for (const [index, place] of places.entries()) features[count * width + index] = row.values[place] ?? Number.NaN;
      all.push(row.texts);
      labels[count] = reader.readLabel(row.texts[labelPlace] ?? "");
      for (const [index, place] of textPlaces.entries()) texts[index]?.push(row.texts[place] ?? "");
      count += 1;
    },
    /** What has been collected; collecting begins anew. */
    take(): RowBlock {
      const rows: RowBlock = {
        count,
        features: features.slice(0, count * width),
        labels: labels.slice(0, count),
        texts: texts.map((column) => column.splice(0)),
        rows: all.splice(0),
      };
      count = 0;
      return rows;
    },
  };
}

/** Rows as the models see them, at most 1,024 at once. */
export async function* rowsAtOnce(
  rows: AsyncIterable<StoredRow>,
  reader: RowReader,
  textColumns: readonly string[] = [],
): AsyncGenerator<RowBlock> {
  const collected = collector(reader, textColumns);
  for await (const row of rows) {
    collected.add(row);
    if (collected.full) yield collected.take();
  }
  const rest = collected.take();
  if (rest.count > 0) yield rest;
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
    yield* rowsAtOnce(takenRows({ stores, model, columns: reader.columns }, batch, taken), reader, textColumns);
}
