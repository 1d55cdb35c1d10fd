import { type Definition, type Json, paths, rowIdentifier, rowReader, shortDigest } from "@ratchet/contracts";
import { UnreadableRowsError } from "@ratchet/formats/stored-rows";
import { TransientError } from "@ratchet/messaging";
import { atATime } from "@ratchet/state";
import { mergeRowIndexes } from "../index/merge-row-indexes.ts";
import { recordBytes, recordsPerSegment } from "../index/row-record.ts";
import type { StoredIndex } from "../index/stored-index.ts";
import { rowIndexWriter } from "../index/write-row-index.ts";
import type { PlannedIndex } from "../plan/planned-batches.ts";
import type { AdmittedBatch, AdmittedPage } from "./admitted-pages.ts";
import { batchRows } from "./batch-rows.ts";
import type { RowStores } from "./row-stores.ts";

/** What tells a model's rows apart and splits them: indexes by another are of no use. */
export const identityOf = ({ task, data }: Pick<Definition, "task" | "data">): string =>
  shortDigest({
    task,
    label: data.label,
    key: data.key,
    group: data.group,
    time: data.time,
    schema: data.schema,
  } as unknown as Json);

/** An index was taken away while it was to be read: by whoever has merged it into that of its page. */
class IndexGoneError extends TransientError {
  override readonly name = "IndexGoneError";

  constructor(path: string) {
    super(`indexes/${path} is gone; the message is tried again`);
  }
}

const contentType = "application/octet-stream";

/** Of each up to two segments of its index are held, 22 MB while one is sorted. */
const batchesAtATime = 8;

const removalsAtATime = 16;

/** The model whose rows are indexed, and by what definition. */
export interface Indexed {
  readonly stores: RowStores;
  readonly model: string;
  readonly definition: Pick<Definition, "task" | "data">;
}

async function* read(stores: RowStores, path: string): AsyncGenerator<Buffer> {
  const bytes = await stores.blobs("indexes").open(path);
  if (!bytes) throw new IndexGoneError(path);
  yield* bytes;
}

const segmentsOf = ({ rows }: AdmittedBatch): number => Math.max(1, Math.ceil(rows / recordsPerSegment));

/**
 * Indexes the rows of a batch, segment by segment. Done twice it is the same.
 * @throws {MissingBatchError} when one of its files is not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row, or there are more or fewer rows than were admitted.
 */
async function indexBatch({ stores, model, definition }: Indexed, { batch, rows }: AdmittedBatch): Promise<void> {
  const indexes = stores.blobs("indexes");
  const identify = rowIdentifier(definition);
  const { columns } = rowReader(definition);
  const identity = identityOf(definition);
  // Not full before the end, where one segment takes them all.
  const writer = rowIndexWriter(Math.min(recordsPerSegment, rows + 1));
  let [segments, count] = [0, 0];
  let last: Buffer | undefined;
  /** Writes the segment before: where the last one is there, the index is taken for whole. */
  const put = async (next: Buffer | undefined): Promise<void> => {
    if (!next) return;
    if (last) await write(last);
    last = next;
  };
  const write = async (segment: Buffer): Promise<void> => {
    const path = paths.rowIndex(model, identity, batch, segments);
    segments += 1;
    await indexes.write(path, segment, { expected: "any", contentType });
  };
  for await (const { texts, held } of batchRows({ stores, model, columns }, batch)) {
    count += 1;
    if (count > rows) break;
    await put(writer.add(identify(texts), held));
  }
  if (count !== rows)
    throw new UnreadableRowsError(
      `batch ${batch} of ${model} has ${count > rows ? "more" : count} rows, and ${rows} were admitted; restore its files from a backup`,
    );
  await put(writer.end());
  if (last) await write(last);
}

/** The index of one batch, of which all segments are there. */
const batchIndex = ({ stores, model, definition }: Indexed, batch: AdmittedBatch): PlannedIndex => ({
  name: `indexes/${paths.rowIndex(model, identityOf(definition), batch.batch, 0)}`,
  batches: [batch],
  sortedRecords: recordsPerSegment,
  // A run is a segment, and a segment a blob.
  read: (from) =>
    read(stores, paths.rowIndex(model, identityOf(definition), batch.batch, from / (recordsPerSegment * recordBytes))),
});

/** Merges the indexes of a closed page's batches into one. Done twice it is the same. */
async function mergePage(indexed: Indexed, path: string, indexes: readonly StoredIndex[]): Promise<void> {
  const writer = indexed.stores.blobs("indexes").writer(path, { contentType });
  try {
    for await (const chunk of mergeRowIndexes(indexes)) await writer.write(chunk);
    await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/**
 * The indexes of all pages, in the order of admission: of a closed page one, merged from those of its batches, which are
 * then let go of; of the open page one for each batch. What is not there is made.
 * @throws {MissingBatchError} when the rows of a batch are not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row; it names batch, line and column.
 */
export async function indexPages(indexed: Indexed, pages: readonly AdmittedPage[]): Promise<readonly PlannedIndex[]> {
  const { stores, model, definition } = indexed;
  const indexes = stores.blobs("indexes");
  const identity = identityOf(definition);
  const there = new Set(
    (await Array.fromAsync(indexes.list(paths.rowIndexes(model, identity)))).map(({ path }) => path),
  );
  const pageIndexes: PlannedIndex[] = [];
  for (const { batches, closed, digest } of pages) {
    const merged = paths.mergedRowIndex(model, identity, digest);
    const single = batches.map((batch) => batchIndex(indexed, batch));
    // Segments are written in their order: where the last is there, all are.
    const lastOf = (batch: AdmittedBatch) => paths.rowIndex(model, identity, batch.batch, segmentsOf(batch) - 1);
    const missing = there.has(merged) ? [] : batches.filter((batch) => !there.has(lastOf(batch)));
    await atATime(batchesAtATime, missing, (batch) => indexBatch(indexed, batch));
    if (!closed) {
      pageIndexes.push(...single);
      continue;
    }
    if (!there.has(merged)) await mergePage(indexed, merged, single);
    pageIndexes.push({
      name: `indexes/${merged}`,
      batches,
      sortedRecords: Number.POSITIVE_INFINITY,
      read: () => read(stores, merged),
    });
    const own = batches.flatMap((batch) =>
      Array.from({ length: segmentsOf(batch) }, (_, segment) => paths.rowIndex(model, identity, batch.batch, segment)),
    );
    const left = there.has(merged) ? own.filter((path) => there.has(path)) : own;
    await atATime(removalsAtATime, left, (path) => indexes.remove(path));
  }
  return pageIndexes;
}
