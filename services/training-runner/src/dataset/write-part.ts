import { type Dataset, digest, paths, rowReader } from "@ratchet/contracts";
import { csvLine } from "@ratchet/formats/stored-rows";
import { ConflictError } from "@ratchet/state";
import type { AdmittedBatch } from "./admitted-pages.ts";
import { batchRows } from "./batch-rows.ts";
import { type Indexed, identityOf } from "./row-indexes.ts";
import { isTaken, type TakenRows } from "./taken-rows.ts";

/** A batch, and its rows that are taken. */
export interface TakenBatch {
  readonly batch: AdmittedBatch;
  readonly taken: TakenRows;
}

/** A file of rows, as a data set names it. */
export type Part = Dataset["pages"][number]["parts"][number];

/** In characters: lines are written by as many at a time. */
const textAtOnce = 2 ** 18;

/** The taken rows of batches as CSV by the present schema, some at a time. */
async function* linesOf(
  { stores, model, definition }: Indexed,
  batches: readonly TakenBatch[],
): AsyncGenerator<string> {
  const { columns } = rowReader(definition);
  let text = csvLine(columns.map(({ name }) => name));
  for (const { batch, taken } of batches) {
    let [row, left] = [0, taken.rows];
    if (left === 0) continue;
    for await (const { texts } of batchRows(stores, model, batch.batch, columns)) {
      if (isTaken(taken.bitmap, row)) {
        text += csvLine(texts);
        left -= 1;
      }
      row += 1;
      // What was held out is not opened where none of it is taken.
      if (left === 0) break;
      if (text.length < textAtOnce) continue;
      yield text;
      text = "";
    }
  }
  yield text;
}

/**
 * Writes the taken rows of batches as one file, unless it is there: it is named by what is in it.
 * @param there the paths of the files that are.
 * @returns undefined where none is taken.
 * @throws {MissingBlobError} when the rows of a batch are not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row; it names batch, line and column.
 */
export async function writePart(
  indexed: Indexed,
  batches: readonly TakenBatch[],
  there: ReadonlySet<string>,
): Promise<Part | undefined> {
  const { stores, model, definition } = indexed;
  const rows = batches.reduce((sum, { taken }) => sum + taken.rows, 0);
  if (rows === 0) return undefined;
  const content = batches.filter(({ taken }) => taken.rows > 0).map(({ batch, taken }) => [batch.batch, taken.digest]);
  const name = digest({ identity: identityOf(definition), content });
  const path = paths.datasetPart(model, name);
  if (there.has(path)) return { digest: name, rows };
  const writer = stores.blobs("datasets").writer(path, { contentType: "text/csv; charset=utf-8" });
  try {
    for await (const text of linesOf(indexed, batches)) await writer.write(text);
    await writer.close();
  } catch (error) {
    await writer.abandon();
    // Somebody else has written the same.
    if (!(error instanceof ConflictError)) throw error;
  }
  return { digest: name, rows };
}
