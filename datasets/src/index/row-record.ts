/**
 * A row index has a record for each row. A batch's own is segments of consecutive rows, each sorted by (unit, batch, row).
 *
 * A record has 28 bytes, big-endian. Where each field begins:
 * - `high`, `low`: the row's unit, u32 each
 * - `batch`: u32; 0 in a batch's own index, its number among the batches in an index of several
 * - `row`: u32; the row's number in the batch's file of rows, from 0, and {@link heldBit}
 * - `label`: u32
 * - `place`: f64
 */
export const recordFields = { high: 0, low: 4, batch: 8, row: 12, label: 16, place: 20 } as const;

export const recordBytes = 28;

/** Set in `row` where the row was held out when its batch was admitted, and so may judge. */
export const heldBit = 2 ** 31;

/** How many records a segment has; the last one of an index may be shorter. */
export const recordsPerSegment = 2 ** 18;

/** Below 0, 0 or above 0 as one record stands before, with or after another by (unit, batch, row). */
export function compareRecords(one: DataView, oneAt: number, other: DataView, otherAt: number): number {
  return (
    one.getUint32(oneAt) - other.getUint32(otherAt) ||
    one.getUint32(oneAt + recordFields.low) - other.getUint32(otherAt + recordFields.low) ||
    one.getUint32(oneAt + recordFields.batch) - other.getUint32(otherAt + recordFields.batch) ||
    rowAt(one, oneAt) - rowAt(other, otherAt)
  );
}

/** A record's row number, without whether it was held out. */
export const rowAt = (view: DataView, at: number): number => rowOf(view.getUint32(at + recordFields.row));

export const rowOf = (word: number): number => (word >= heldBit ? word - heldBit : word);
