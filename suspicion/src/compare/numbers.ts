import type { NumbersColumn, SuspicionPolicy } from "@ratchet/contracts";
import { coarsened, keyAt } from "../profile/coarse-map.ts";
import { binRange, orderedKey } from "../profile/ordered-key.ts";
import { type Cell, rowsPerCell } from "../statistics/cells.ts";
import { hypergeometricTail } from "../statistics/tails.ts";
import type { Comparison } from "./comparison.ts";
import { compareDistribution } from "./distribution.ts";
import { compareMissing } from "./missing.ts";
import { percent, short } from "./words.ts";

/** A column's numbers, of which there are some. */
type Numbers = NumbersColumn & { readonly min: number; readonly max: number };

const hasNumbers = (column: NumbersColumn): column is Numbers => column.min !== undefined && column.max !== undefined;

interface Bin {
  readonly key: number;
  readonly batch: number;
  readonly before: number;
}

/** The bins of both at the level of the coarser one, by key. */
function alignedBins(batch: Numbers, before: Numbers, level: number): readonly Bin[] {
  const at = ({ most, level: own, bins }: Numbers) =>
    coarsened({ most, level: own, entries: new Map(bins) }, level, (a, b) => a + b).entries;
  const [ours, theirs] = [at(batch), at(before)];
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])].sort((a, b) => a - b);
  return keys.map((key) => ({ key, batch: ours.get(key) ?? 0, before: theirs.get(key) ?? 0 }));
}

/** So many cells of about as many rows each show how numbers are spread. */
const wantedCells = 10;

/** Neighbouring bins in one cell each until it holds enough rows of both together. */
function cellsOf(batch: Numbers, before: Numbers): readonly Cell[] {
  const level = Math.max(batch.level, before.level);
  const bins = alignedBins(batch, before, level);
  const wanted = Math.max(
    (batch.present + before.present) / wantedCells,
    rowsPerCell([{ label: "", batch: batch.present, before: before.present }]),
  );
  const runs: { first: number; last: number; batch: number; before: number }[] = [];
  for (const { key, ...rows } of bins) {
    const run = runs.at(-1);
    if (!run || run.batch + run.before >= wanted) runs.push({ first: key, last: key, ...rows });
    else {
      run.last = key;
      run.batch += rows.batch;
      run.before += rows.before;
    }
  }
  const last = runs.at(-1);
  const former = runs.at(-2);
  if (last && former && last.batch + last.before < wanted) {
    former.last = last.last;
    former.batch += last.batch;
    former.before += last.before;
    runs.pop();
  }
  const [min, max] = [Math.min(batch.min, before.min), Math.max(batch.max, before.max)];
  return runs.map(({ first, last: end, ...rows }) => {
    const from = short(Math.max(min, binRange(first, level).from));
    const to = short(Math.min(max, binRange(end, level).to));
    return { label: from === to ? from : `${from} to ${to}`, ...rows };
  });
}

/** How many rows of the batch are beyond all before, by bins: those in the outermost bin of before are not counted. */
function beyond(batch: Numbers, before: Numbers): { readonly below: number; readonly above: number } {
  const level = Math.max(batch.level, before.level);
  const [least, greatest] = [keyAt(orderedKey(before.min), level), keyAt(orderedKey(before.max), level)];
  let [below, above] = [0, 0];
  for (const { key, batch: rows } of alignedBins(batch, before, level)) {
    if (key < least) below += rows;
    if (key > greatest) above += rows;
  }
  return { below, above };
}

const rangeBars = ({ present }: Numbers, { below, above }: ReturnType<typeof beyond>) => [
  { label: "below all before", batch: below / present, before: 0 },
  { label: "as before", batch: 1 - (below + above) / present, before: 1 },
  { label: "above all before", batch: above / present, before: 0 },
];

/** Numbers beyond all that came before: as likely as that by lot the so many outermost of all rows fall to the batch. */
function compareRange(batch: Numbers, before: Numbers, { maxShare }: SuspicionPolicy): readonly Comparison[] {
  const out = beyond(batch, before);
  const rows = Math.max(out.below, out.above);
  if (rows === 0) return [];
  const { name, present } = batch;
  const share = (out.below + out.above) / present;
  return [
    {
      kind: "out-of-range",
      column: name,
      probability: Math.min(1, 2 * hypergeometricTail(rows, present + before.present, rows, present)),
      effect: share,
      limit: maxShare,
      sentence: () =>
        `${name} is beyond all that came before, ${short(before.min)} to ${short(before.max)}, in ${percent(share)} of rows: it goes from ${short(batch.min)} to ${short(batch.max)}.`,
      bars: rangeBars(batch, out),
    },
  ];
}

/** As many times the former range away a single number is far. */
const farRanges = 10;

/** Of Pareto's law: how fast what is farther gets rarer. Incomes and wealth have about this, most measurements fall off faster. */
const tailIndex = 1.5;

/**
 * A single number far beyond all before. No count of rows can tell that, so it takes a law of how rare the far is: a heavy one,
 * so that what is natural somewhere is not suspected.
 */
function compareFarthest(batch: Numbers, before: Numbers): readonly Comparison[] {
  const span = before.max - before.min;
  const away = Math.max(before.min - batch.min, batch.max - before.max);
  if (span <= 0 || away <= span) return [];
  const ranges = away / span;
  const farthest = batch.max - before.max === away ? batch.max : batch.min;
  return [
    {
      kind: "far-out",
      column: batch.name,
      probability: Math.min(1, batch.present / (before.present * ranges ** tailIndex)),
      effect: ranges,
      limit: farRanges,
      sentence: () =>
        `${batch.name} has a value of ${short(farthest)}, ${short(ranges)} times the former range (${short(before.min)} to ${short(before.max)}) away from it.`,
      bars: rangeBars(batch, beyond(batch, before)),
    },
  ];
}

const spread = ({ mean, squares, present }: Numbers): string =>
  `${short(mean)} ± ${short(Math.sqrt(squares / present))}`;

export function compareNumbers(
  batch: NumbersColumn,
  before: NumbersColumn,
  policy: SuspicionPolicy,
): readonly Comparison[] {
  const missing = compareMissing(batch, before, policy);
  // Time goes on, and so do the numbers of what the model does not see: neither has to look like before.
  if (batch.kind === "times" || batch.role === "other" || !hasNumbers(batch) || !hasNumbers(before)) return missing;
  const details = (): string => `${spread(batch)} (mean and deviation), before ${spread(before)}`;
  return [
    ...missing,
    ...compareDistribution(batch, cellsOf(batch, before), policy, details),
    ...compareRange(batch, before, policy),
    ...compareFarthest(batch, before),
  ];
}
