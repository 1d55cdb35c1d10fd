import type { Bar, ColumnProfile, SuspicionPolicy } from "@ratchet/contracts";
import { type Cell, sameDistribution, stabilityIndex, totals } from "../statistics/cells.ts";
import type { Comparison } from "./comparison.ts";
import { short } from "./words.ts";

/** Cells as shares of rows. */
export function barsOf(cells: readonly Cell[]): readonly Bar[] {
  const all = totals(cells);
  return cells.map(({ label, batch, before }) => ({ label, batch: batch / all.batch, before: before / all.before }));
}

/** Whether a column is spread otherwise than before, by cells that hold enough rows. */
export function compareDistribution(
  { name, role }: { readonly name: string; readonly role: ColumnProfile["role"] },
  cells: readonly Cell[],
  { maxPsi }: SuspicionPolicy,
  details: () => string,
): readonly Comparison[] {
  if (cells.length < 2) return [];
  const effect = stabilityIndex(cells);
  const isLabel = role === "label";
  const what = isLabel
    ? `The labels (${name}) are in other shares than before`
    : `${name} is spread otherwise than before`;
  return [
    {
      kind: isLabel ? "label-shares" : "distribution",
      column: name,
      probability: sameDistribution(cells),
      effect,
      limit: maxPsi,
      sentence: () => `${what}: ${details()}; its stability index is ${short(effect)}, and ${maxPsi} is allowed.`,
      bars: barsOf(cells),
    },
  ];
}
