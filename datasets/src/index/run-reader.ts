import { RowIndexError } from "./row-index-error.ts";
import { compareRecords, recordBytes, recordFields, rowAt } from "./row-record.ts";
import { checkStreams, type Run, readRun, runsOf, type StoredIndex } from "./stored-index.ts";

const none = new DataView(new ArrayBuffer(0));

/** A sorted run of an index, being read. Its whole records lie in `view` from `at` to before `end`. */
export class RunReader {
  view: DataView = none;
  at = 0;
  end = 0;
  /** Whether there is nothing more to be had. */
  ended = false;
  readonly #index: StoredIndex;
  readonly #chunks: AsyncIterator<Buffer>;
  /** The chunk after this one, on its way while this one is worked on. */
  #next: Promise<IteratorResult<Buffer>>;
  /** The beginning of a record whose rest is in the next chunk. */
  #rest: Buffer = Buffer.alloc(0);
  #left: number;

  /** Begins to read. */
  constructor(index: StoredIndex, run: Run) {
    this.#index = index;
    this.#left = run.to - run.from;
    this.#chunks = readRun(index, run)[Symbol.asyncIterator]();
    this.#next = this.#ahead();
  }

  /**
   * Gets more records, once all in `view` have been worked on.
   * @returns whether there are any.
   * @throws {RowIndexError} when the index is truncated or not sorted, or names rows that its batches do not have.
   */
  async fill(): Promise<boolean> {
    const [last, lastAt] = [this.view, this.end - recordBytes];
    for (;;) {
      const { done, value } = await this.#next;
      if (done === true) return this.#atEnd();
      this.#next = this.#ahead();
      const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, value]) : value;
      const records = Math.floor(bytes.length / recordBytes);
      this.#rest = bytes.subarray(records * recordBytes);
      if (records === 0) continue;
      this.#left -= records;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, records * recordBytes);
      [this.at, this.end] = [0, records * recordBytes];
      this.#check(last, lastAt);
      return true;
    }
  }

  /** Ends reading, whether or not there is more. */
  async close(): Promise<void> {
    await this.#next.catch(() => undefined);
    await this.#chunks.return?.();
  }

  #ahead(): Promise<IteratorResult<Buffer>> {
    const next = this.#chunks.next();
    // It is awaited when its turn comes; until then its failure is nobody's.
    next.catch(() => undefined);
    return next;
  }

  #atEnd(): false {
    if (this.#left !== 0 || this.#rest.length > 0) this.#refuse("is truncated");
    this.ended = true;
    return false;
  }

  #check(last: DataView, lastAt: number): void {
    const { batches } = this.#index;
    if (this.#left < 0) this.#refuse("is longer than its batches' rows");
    let [before, beforeAt] = [last, lastAt];
    for (let at = 0; at < this.end; at += recordBytes) {
      if (beforeAt >= 0 && compareRecords(before, beforeAt, this.view, at) >= 0)
        this.#refuse("is not sorted by unit, batch and row");
      const batch = this.view.getUint32(at + recordFields.batch);
      const row = rowAt(this.view, at);
      if (row >= (batches[batch]?.rows ?? 0)) this.#refuse(`has row ${row} of batch ${batch}, which there is not`);
      [before, beforeAt] = [this.view, at];
    }
  }

  #refuse(why: string): never {
    throw new RowIndexError(this.#index.name, `${why}; make it anew from the rows of its batches`);
  }
}

/** A run being read, and what to add to its batches' numbers to number those of all indexes. */
export interface OpenRun {
  readonly run: RunReader;
  readonly firstBatch: number;
}

export const closeRuns = async (runs: readonly OpenRun[]): Promise<void> => {
  await Promise.allSettled(runs.map(({ run }) => run.close()));
};

/**
 * Opens all runs of several indexes, each with its first records. They are to be closed.
 * @throws {RowIndexError} when they are too many, or what is read first is damaged.
 */
export async function openRuns(indexes: readonly StoredIndex[]): Promise<readonly OpenRun[]> {
  checkStreams(indexes);
  let batches = 0;
  const runs = indexes.flatMap((index) => {
    const firstBatch = batches;
    batches += index.batches.length;
    return runsOf(index).map((run) => ({ run: new RunReader(index, run), firstBatch }));
  });
  try {
    for (const { run } of runs) await run.fill();
    return runs;
  } catch (error) {
    await closeRuns(runs);
    throw error;
  }
}
