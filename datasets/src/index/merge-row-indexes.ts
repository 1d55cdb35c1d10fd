import { compareRecords, recordBytes, recordFields } from "./row-record.ts";
import { closeRuns, type OpenRun, openRuns, type RunReader } from "./run-reader.ts";
import type { StoredIndex } from "./stored-index.ts";

/** A run, and where its next record belongs. */
interface Merging extends OpenRun {
  /** The first 52 bits of the record's unit, as many as a double holds: what almost always tells which of two comes first. */
  key: number;
}

function keyOf({ view, at }: RunReader): number {
  return view.getUint32(at + recordFields.high) * 2 ** 20 + (view.getUint32(at + recordFields.low) >>> 12);
}

/** Whether the next record of one run comes before that of another. */
function isBefore(one: Merging, other: Merging): boolean {
  if (one.key !== other.key) return one.key < other.key;
  const { run: a, firstBatch: first } = one;
  const { run: b, firstBatch: second } = other;
  if (first === second) return compareRecords(a.view, a.at, b.view, b.at) < 0;
  // Batches of a later index have higher numbers, whatever their numbers within it.
  const low = a.view.getUint32(a.at + recordFields.low) - b.view.getUint32(b.at + recordFields.low);
  return low === 0 ? first < second : low < 0;
}

/** Lets the run at a place of a heap sink below those whose records come before its own. */
function sink(heap: Merging[], from: number): void {
  const sinking = heap[from];
  if (!sinking) return;
  let at = from;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    const isRight = left !== undefined && right !== undefined && isBefore(right, left);
    const child = isRight ? right : left;
    if (!child || !isBefore(child, sinking)) break;
    heap[at] = child;
    at = 2 * at + (isRight ? 2 : 1);
  }
  heap[at] = sinking;
}

/**
 * One index of all batches of several, whose numbers within it follow those of the indexes before. It is sorted throughout,
 * so that it is read as one stream, and only neighbours in the order of admission may be merged. It holds two chunks of each
 * run and one of the result, and has every run open at once.
 *
 * Where sixteen neighbours are merged as soon as there are sixteen of a size, there are at most fifteen of each size: 75
 * streams for 100,000 batches with a segment each.
 * @throws {RowIndexError} when an index is damaged, or they have too many runs.
 */
export async function* mergeRowIndexes(
  indexes: readonly StoredIndex[],
  recordsPerChunk = 2 ** 15,
): AsyncGenerator<Buffer, void, undefined> {
  const runs = await openRuns(indexes);
  try {
    const heap = runs.map((open): Merging => ({ ...open, key: keyOf(open.run) }));
    for (let at = heap.length >> 1; at >= 0; at -= 1) sink(heap, at);
    let chunk = Buffer.allocUnsafe(recordsPerChunk * recordBytes);
    let filled = 0;
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      const { run, firstBatch } = top;
      for (let byte = 0; byte < recordBytes; byte += 4)
        chunk.writeUInt32BE(run.view.getUint32(run.at + byte), filled + byte);
      chunk.writeUInt32BE(firstBatch + run.view.getUint32(run.at + recordFields.batch), filled + recordFields.batch);
      filled += recordBytes;
      run.at += recordBytes;
      if (run.at < run.end || (await run.fill())) top.key = keyOf(run);
      else {
        const last = heap.pop();
        if (last !== undefined && last !== top) heap[0] = last;
      }
      sink(heap, 0);
      if (filled < chunk.length) continue;
      yield chunk;
      chunk = Buffer.allocUnsafe(recordsPerChunk * recordBytes);
      filled = 0;
    }
    if (filled > 0) yield chunk.subarray(0, filled);
  } finally {
    await closeRuns(runs);
  }
}
