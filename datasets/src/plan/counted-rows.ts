import { heldBit, recordBytes, recordFields } from "../index/row-record.ts";
import { type CountsByBatch, count } from "./counts.ts";
import type { PlannedBatch } from "./planned-batches.ts";
import { contradicted, noBatch, onceTrained, UnitTable } from "./unit-table.ts";

/** Which row of a unit counts: the first that was admitted, or the latest. */
export type Counting = "first" | "latest";

/** Finds the one row of each unit that counts, of units whose records are taken in the order of admission. */
export interface CountedRows {
  readonly units: UnitTable;
  /** Takes records, from a byte to before another; `firstBatch` is to be added to their batches' numbers. */
  take(records: DataView, from: number, to: number, firstBatch: number): void;
}

export function countedRows(
  batches: readonly PlannedBatch[],
  counting: Counting,
  expectedUnits: number,
  counts: CountsByBatch,
): CountedRows {
  const units = new UnitTable(expectedUnits);
  const active = Uint8Array.from(batches, (batch) => Number(batch.active));

  /** The row that counts makes way for a later one. */
  const replace = (unit: number, label: number, place: number): void => {
    const { columns } = units;
    const differs = columns.label[unit] !== label || columns.place[unit] !== place;
    count(differs ? counts.replaced : counts.duplicate, columns.batch[unit] ?? noBatch);
  };

  /** A row comes to nothing because of the one that counts. */
  const passOver = (unit: number, label: number, batch: number): void => {
    const { columns } = units;
    const flags = columns.flags[unit] ?? 0;
    count(counts.duplicate, batch);
    if (columns.label[unit] === label || (flags & contradicted) !== 0) return;
    columns.flags[unit] = flags | contradicted;
    count(counts.contradicting, batch);
  };

  return {
    units,
    take(records, from, to, firstBatch) {
      for (let at = from; at < to; at += recordBytes) {
        const unit = units.numberOf(records.getUint32(at), records.getUint32(at + recordFields.low));
        // After the unit was found: it may have made the table grow.
        const { columns } = units;
        const batch = firstBatch + records.getUint32(at + recordFields.batch);
        const row = records.getUint32(at + recordFields.row);
        const place = records.getFloat64(at + recordFields.place);
        if (columns.first[unit] === noBatch) columns.first[unit] = batch;
        if (row < heldBit) columns.flags[unit] = (columns.flags[unit] ?? 0) | onceTrained;
        if (active[batch] === 0) continue;
        const label = records.getUint32(at + recordFields.label);
        if (columns.batch[unit] !== noBatch) {
          if (counting === "first") {
            passOver(unit, label, batch);
            continue;
          }
          replace(unit, label, place);
        }
        columns.batch[unit] = batch;
        columns.row[unit] = row;
        columns.label[unit] = label;
        columns.place[unit] = place;
      }
    },
  };
}
