import type { ColumnProfile, SuspicionPolicy } from "@ratchet/contracts";
import { hypergeometricTwoSided } from "../statistics/tails.ts";
import type { Comparison } from "./comparison.ts";
import { percent } from "./words.ts";

/** Rows with a value. */
export const presentIn = (column: ColumnProfile): number =>
  column.kind === "values" ? column.values.reduce((sum, [, rows]) => sum + rows, column.others) : column.present;

/** Whether a column is missing in other shares of rows: Fisher's exact test. */
export function compareMissing(
  batch: ColumnProfile,
  before: ColumnProfile,
  { maxShare }: SuspicionPolicy,
): readonly Comparison[] {
  if (batch.missing + before.missing === 0) return [];
  const rows = batch.missing + presentIn(batch);
  const rowsBefore = before.missing + presentIn(before);
  const [share, shareBefore] = [batch.missing / rows, before.missing / rowsBefore];
  return [
    {
      kind: "missing",
      column: batch.name,
      probability: hypergeometricTwoSided(batch.missing, rows + rowsBefore, batch.missing + before.missing, rows),
      effect: Math.abs(share - shareBefore),
      limit: maxShare,
      sentence: () =>
        `${batch.name} is missing in ${percent(share)} of rows, before it was in ${percent(shareBefore)}.`,
      bars: [
        { label: "missing", batch: share, before: shareBefore },
        { label: "present", batch: 1 - share, before: 1 - shareBefore },
      ],
    },
  ];
}
