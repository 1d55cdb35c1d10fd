import { RowIndexError } from "./row-index-error.ts";
import { recordBytes } from "./row-record.ts";

/** An index of the rows of one batch or of several, where it is stored. */
export interface StoredIndex {
  /** What it is called when something is wrong with it. */
  readonly name: string;
  /** Its batches, each with its number of rows: a record is of the batch with its number here. */
  readonly batches: readonly { readonly rows: number }[];
  /** How many records after one another are sorted: `recordsPerSegment` in a batch's own index, all (Infinity) in a merged one. */
  readonly sortedRecords: number;
  /** Its bytes from one to before another, in chunks of any size. */
  read(from: number, to: number): AsyncIterable<Buffer>;
}

/** Records of an index that follow each other and are sorted: they are read as one stream. From one to before another. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** How many streams may be open at once. */
const mostStreams = 4096;

/** How many records an index has: as many as its batches have rows. */
export const recordsIn = ({ batches }: Pick<StoredIndex, "batches">): number =>
  batches.reduce((sum, { rows }) => sum + rows, 0);

/** The sorted runs of an index: one for each segment, or one in all where it is sorted throughout. */
export function runsOf(index: StoredIndex): readonly Run[] {
  const records = recordsIn(index);
  const length = Math.min(records, index.sortedRecords);
  const count = records === 0 ? 0 : Math.ceil(records / length);
  return Array.from({ length: count }, (_, run) => ({
    from: run * length,
    to: Math.min(records, (run + 1) * length),
  }));
}

/** The bytes of a run. */
export const readRun = (index: StoredIndex, { from, to }: Run): AsyncIterable<Buffer> =>
  index.read(from * recordBytes, to * recordBytes);

/**
 * Refuses to read more streams than can be open at once.
 * @throws {RowIndexError} when they are too many; it names the first that is.
 */
export function checkStreams(indexes: readonly StoredIndex[]): void {
  let streams = 0;
  for (const index of indexes) {
    streams += runsOf(index).length;
    if (streams > mostStreams)
      throw new RowIndexError(
        index.name,
        `would be read together with others in more than ${mostStreams} streams; merge neighbouring indexes first`,
      );
  }
}
