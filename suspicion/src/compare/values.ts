import type { Bar, SuspicionPolicy, ValuesColumn } from "@ratchet/contracts";
import { isKnownIn } from "../profile/values.ts";
import { type Cell, rowsPerCell, totals } from "../statistics/cells.ts";
import { hypergeometricTail } from "../statistics/tails.ts";
import type { Comparison } from "./comparison.ts";
import { barsOf, compareDistribution } from "./distribution.ts";
import { compareMissing, presentIn } from "./missing.ts";
import { percent, shown, some } from "./words.ts";

/** The counts of each value that both know exactly, the most frequent first; all else is one cell, the last. */
function valueCells(
  batch: ValuesColumn,
  before: ValuesColumn,
): { readonly known: readonly Cell[]; readonly rest: Cell } {
  const isKnown = [isKnownIn(batch), isKnownIn(before)];
  const counts = new Map<string, Cell>();
  for (const [side, column] of [["batch", batch] as const, ["before", before] as const])
    for (const [label, rows] of column.values) {
      if (!isKnown.every((is) => is(label))) continue;
      counts.set(label, { ...(counts.get(label) ?? { label, batch: 0, before: 0 }), [side]: rows });
    }
  const known = [...counts.values()].sort((a, b) => b.batch + b.before - a.batch - a.before);
  const left = (side: "batch" | "before", all: number): number => known.reduce((sum, cell) => sum - cell[side], all);
  return {
    known,
    rest: {
      label: "others",
      batch: left("batch", presentIn(batch)),
      before: left("before", presentIn(before)),
    },
  };
}

/** More cells than this say no more, and take more rows to say it. */
const mostCells = 30;

/** Values with enough rows by themselves, and all others as one where they are enough together. */
function largeEnough(known: readonly Cell[], rest: Cell): readonly Cell[] {
  const least = rowsPerCell([...known, rest]);
  const large = known.filter(({ batch, before }, index) => batch + before >= least && index < mostCells);
  const others = totals([...known.slice(large.length), rest]);
  if (others.batch + others.before === 0) return large;
  if (others.batch + others.before >= least) return [...large, { label: rest.label, ...others }];
  // Too few to be a cell: they go to the rarest of the others.
  return large.map((cell, index) =>
    index < large.length - 1
      ? cell
      : { label: `${cell.label}, others`, batch: cell.batch + others.batch, before: cell.before + others.before },
  );
}

/** The values that never came before, behind the most frequent of the others. */
function newBars(known: readonly Cell[], rest: Cell): readonly Bar[] {
  const bars = barsOf([...known, rest]).filter(({ batch, before }) => batch + before > 0);
  const isNew = ({ before }: Bar): boolean => before === 0;
  return [...bars.filter((one) => !isNew(one)).slice(0, 5), ...bars.filter(isNew).slice(0, 5)];
}

/**
 * Values that never came before: as likely as that all rows of the most frequent of them fall to the batch by lot, times the
 * number of values that this could have happened to.
 */
function compareNew(
  { name }: ValuesColumn,
  { known, rest }: ReturnType<typeof valueCells>,
  { maxShare }: SuspicionPolicy,
): readonly Comparison[] {
  const fresh = known.filter(({ batch, before }) => before === 0 && batch > 0);
  const [largest] = fresh;
  if (!largest) return [];
  const { batch: rows, before: rowsBefore } = totals([...known, rest]);
  const share = totals(fresh).batch / rows;
  const byLot = hypergeometricTail(largest.batch, rows + rowsBefore, largest.batch, rows);
  const names = fresh.map(({ label }) => JSON.stringify(shown(label)));
  return [
    {
      kind: "new-values",
      column: name,
      probability: Math.min(1, byLot * known.length),
      effect: share,
      limit: maxShare,
      sentence: () => `${name} has values that never came before in ${percent(share)} of rows: ${some(names)}.`,
      bars: newBars(known, rest),
    },
  ];
}

/** The cell whose share has changed most, in words. */
function mostChanged(cells: readonly Cell[]): string {
  const bars = barsOf(cells);
  const [first] = [...bars].sort((a, b) => Math.abs(b.batch - b.before) - Math.abs(a.batch - a.before));
  if (!first) return "";
  return `${shown(first.label)} has ${percent(first.batch)} of rows, before it had ${percent(first.before)}`;
}

export function compareValues(
  batch: ValuesColumn,
  before: ValuesColumn,
  policy: SuspicionPolicy,
): readonly Comparison[] {
  const missing = compareMissing(batch, before, policy);
  // What the model does not see, and has many values, is a name or a number of something: it is new in every batch.
  if (batch.role === "other" && before.others > 0) return missing;
  if (presentIn(batch) === 0 || presentIn(before) === 0) return missing;
  const { known, rest } = valueCells(batch, before);
  const cells = largeEnough(known, rest);
  return [
    ...missing,
    ...compareDistribution(batch, cells, policy, () => mostChanged(cells)),
    ...compareNew(batch, { known, rest }, policy),
  ];
}
