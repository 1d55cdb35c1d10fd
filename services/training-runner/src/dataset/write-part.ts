import { type Dataset, digest, paths, rowReader } from "@ratchet/contracts";
import { type AdmittedBatch, identityOf, type TakenRows, takenRows } from "@ratchet/datasets";
import { csvLine } from "@ratchet/formats/stored-rows";
import { ConflictError } from "@ratchet/state";
import type { Making, There } from "./making.ts";

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
async function* linesOf({ stores, model, definition }: Making, batches: readonly TakenBatch[]): AsyncGenerator<string> {
  const { columns } = rowReader(definition);
  let text = csvLine(columns.map(({ name }) => name));
  for (const { batch, taken } of batches)
    for await (const { texts } of takenRows({ stores, model, columns }, batch, taken)) {
      text += csvLine(texts);
      if (text.length < textAtOnce) continue;
      yield text;
      text = "";
    }
  yield text;
}

const freshFor = 86_400_000;

/** Whether a file is there and stays: one of some age is made as new, so that no sweep that is under way takes it away. */
async function isKept({ stores, now }: Making, path: string, there: There): Promise<boolean> {
  const changedAt = there.get(path);
  if (changedAt === undefined) return false;
  return now.getTime() - changedAt.getTime() < freshFor || stores.blobs("datasets").touch(path);
}

/**
 * Writes the taken rows of batches as one file, unless it is there: it is named by what is in it.
 * @returns undefined where none is taken.
 * @throws {MissingBatchError} when the rows of a batch are not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row; it names batch, line and column.
 */
export async function writePart(
  making: Making,
  batches: readonly TakenBatch[],
  there: There,
): Promise<Part | undefined> {
  const { stores, model, definition } = making;
  const rows = batches.reduce((sum, { taken }) => sum + taken.rows, 0);
  if (rows === 0) return undefined;
  const content = batches.filter(({ taken }) => taken.rows > 0).map(({ batch, taken }) => [batch.batch, taken.digest]);
  const name = digest({ identity: identityOf(definition), content });
  const path = paths.datasetPart(model, name);
  if (await isKept(making, path, there)) return { digest: name, rows };
  const writer = stores.blobs("datasets").writer(path, { contentType: "text/csv; charset=utf-8" });
  try {
    for await (const text of linesOf(making, batches)) await writer.write(text);
    await writer.close();
  } catch (error) {
    await writer.abandon();
    // Somebody else has written the same.
    if (!(error instanceof ConflictError)) throw error;
  }
  return { digest: name, rows };
}
