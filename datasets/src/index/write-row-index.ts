import type { RowIdentity } from "@ratchet/contracts";
import { heldBit, recordBytes, recordFields, recordsPerSegment } from "./row-record.ts";

/** Writes the index of one batch. */
export interface RowIndexWriter {
  /**
   * Takes the next row of the batch's file.
   * @param held whether the row is held out, and so may judge.
   * @returns a segment to be written, where this row has made it full.
   * @throws {RangeError} when the row has no place, or is one too many.
   */
  add(row: RowIdentity, held: boolean): Buffer | undefined;
  /** @returns the last segment to be written, where rows are left. */
  end(): Buffer | undefined;
}

/** What high half and position are sorted by together: a position has at most 21 bits, so that a double holds both. */
const positions = 2 ** 21;

/** The order of a segment's rows by unit, then by position; `high` and `low` are the units of its rows. */
function orderOf(high: Uint32Array, low: Uint32Array): Float64Array {
  // Numbers without a comparator are sorted several times as fast as with one.
  const keys = Float64Array.from(high, (half, position) => half * positions + position).sort();
  const order = keys.map((key) => key % positions);
  // What is left are equal high halves, which stand in the order of their positions and not of their low halves.
  for (let from = 0; from < order.length; ) {
    const half = high[order[from] ?? 0];
    let to = from + 1;
    while (to < order.length && high[order[to] ?? 0] === half) to += 1;
    if (to - from > 1) order.subarray(from, to).sort((a, b) => (low[a] ?? 0) - (low[b] ?? 0) || a - b);
    from = to;
  }
  return order;
}

/**
 * The writer of a batch's own index. It holds one segment: 7 MB of records, and as much again while they are sorted.
 * @param perSegment records of a segment, at most 2^21.
 */
export function rowIndexWriter(perSegment = recordsPerSegment): RowIndexWriter {
  const [high, low] = [new Uint32Array(perSegment), new Uint32Array(perSegment)];
  const taken = Buffer.alloc(perSegment * recordBytes);
  const view = new DataView(taken.buffer, taken.byteOffset, taken.length);
  let [rows, count] = [0, 0];

  const segment = (): Buffer => {
    const sorted = Buffer.allocUnsafe(count * recordBytes);
    let to = 0;
    for (const position of orderOf(high.subarray(0, count), low.subarray(0, count))) {
      taken.copy(sorted, to, position * recordBytes, (position + 1) * recordBytes);
      to += recordBytes;
    }
    count = 0;
    return sorted;
  };

  return {
    add({ unit, label, place }, held) {
      if (Number.isNaN(place)) throw new RangeError(`row ${rows} has no place in the split: its time cannot be read`);
      if (rows === heldBit) throw new RangeError(`a batch has at most ${heldBit} rows`);
      const at = count * recordBytes;
      [high[count], low[count]] = unit;
      view.setUint32(at + recordFields.high, unit[0]);
      view.setUint32(at + recordFields.low, unit[1]);
      view.setUint32(at + recordFields.row, held ? rows + heldBit : rows);
      view.setUint32(at + recordFields.label, label);
      view.setFloat64(at + recordFields.place, place);
      rows += 1;
      count += 1;
      return count === perSegment ? segment() : undefined;
    },
    end: () => (count > 0 ? segment() : undefined),
  };
}
