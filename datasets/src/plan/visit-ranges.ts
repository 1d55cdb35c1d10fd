import { recordBytes } from "../index/row-record.ts";
import { closeRuns, type OpenRun, openRuns } from "../index/run-reader.ts";
import { recordsIn, type StoredIndex } from "../index/stored-index.ts";

/** Works on records of several indexes, range of units by range of units. */
interface RangeVisitor {
  /**
   * Takes records of the present range: of each unit they come in the order of admission.
   * @param records of one index, from a byte to before another.
   * @param firstBatch to be added to their batches' numbers.
   */
  take(records: DataView, from: number, to: number, firstBatch: number): void;
  /** The range has ended. @returns whether the following ones are wanted. */
  endRange(): boolean;
}

/** Where the first record stands that is not below a high half, of the records from `from` to before `to`. */
function firstFrom(view: DataView, from: number, to: number, high: number): number {
  let [low, end] = [from / recordBytes, to / recordBytes];
  while (low < end) {
    const middle = (low + end) >>> 1;
    if (view.getUint32(middle * recordBytes) < high) low = middle + 1;
    else end = middle;
  }
  return low * recordBytes;
}

/** Takes the records of a run that are in view and below a high half. @returns whether more of the range may follow. */
function takeBelow(high: number, { run, firstBatch }: OpenRun, visitor: RangeVisitor): boolean {
  const to = firstFrom(run.view, run.at, run.end, high);
  if (to > run.at) visitor.take(run.view, run.at, to, firstBatch);
  run.at = to;
  return to === run.end;
}

/**
 * Reads all indexes side by side, and hands their records over range by range of units, in the order of the units. Units are
 * hashes, so ranges of the same width hold about as many records each.
 * @param indexes in the order of admission.
 * @param recordsPerRange about how many records a range holds.
 * @throws {RowIndexError} when an index is damaged, or they have too many runs.
 */
export async function visitRanges(
  indexes: readonly StoredIndex[],
  recordsPerRange: number,
  visitor: RangeVisitor,
): Promise<void> {
  const records = indexes.reduce((sum, index) => sum + recordsIn(index), 0);
  const ranges = Math.max(1, Math.ceil(records / recordsPerRange));
  const runs = await openRuns(indexes);
  let reading = runs;
  try {
    for (let range = 1; range <= ranges; range += 1) {
      const high = Math.ceil((2 ** 32 * range) / ranges);
      for (const open of reading) while (takeBelow(high, open, visitor)) if (!(await open.run.fill())) break;
      reading = reading.filter(({ run }) => !run.ended);
      if (!visitor.endRange()) return;
    }
  } finally {
    await closeRuns(runs);
  }
}
