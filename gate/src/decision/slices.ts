import type { SliceDemand } from "@ratchet/contracts";
import type { Pair } from "../metrics/metric.ts";
import { selectRows } from "../scores.ts";
import { holm } from "../statistics/holm.ts";
import { boundsAt, type Compared, type Confronted, confront, harmProbability } from "./compare.ts";
import type { ScorePolicy, SlicePolicy } from "./policy.ts";
import { alphaToGuard, isBinding, isHarmShown, keepingOf } from "./rule.ts";

/** The values of a column, row by row. */
export interface SliceColumn {
  readonly column: string;
  readonly values: readonly string[];
  /** Index into `values` of each row. */
  readonly ofRow: Int32Array;
}

/** What is shown of the rows that have one value. */
export interface Slice extends Compared {
  readonly column: string;
  readonly value: string;
  readonly margin: number;
  readonly demand: SliceDemand;
  /** Smaller slices are reported only, and so are those that nobody named. */
  readonly binding: boolean;
  /** Whether it looks no worse than is allowed. */
  readonly held: boolean;
  /** How likely it would look this bad without harm beyond the margin, corrected for the number of slices that were asked. */
  readonly harm?: number;
  /** Whether it was looked for, and not named. */
  readonly found?: true;
}

/** Small slices that are reported of a column, largest first; binding ones are all reported. */
const mostSmallSlices = 20;
/** Slices that were looked for and are reported: those that come off worst. */
const mostFound = 5;
/** A slice that is looked for has this many rows at least. */
const fewestFound = 50;

/** The rows of one value, and what is asked of them. */
interface Part extends SlicePolicy {
  readonly value: string;
  readonly pair: Pair;
  readonly rows: number;
  readonly binding: boolean;
}

function partsOf(pair: Pair, asked: SlicePolicy, { values, ofRow }: SliceColumn): readonly Part[] {
  const rowsOf: number[][] = values.map(() => []);
  for (const [row, value] of ofRow.entries()) rowsOf[value]?.push(row);
  return values
    .map((value, index) => ({ value, rows: rowsOf[index] ?? [] }))
    .filter(({ rows }) => rows.length > 0)
    .sort((a, b) => b.rows.length - a.rows.length || (a.value < b.value ? -1 : 1))
    .map(({ value, rows }) => {
      const selected = Int32Array.from(rows);
      const part = {
        challenger: selectRows(pair.challenger, selected),
        champion: selectRows(pair.champion, selected),
      };
      return { ...asked, value, rows: rows.length, binding: isBinding(rows.length, asked), pair: part };
    });
}

const seedOf = (seed: string, { column, value }: Part): string => `${seed} ${column}=${value}`;

/** The slices of which the scores carry the metric, each with what it shows. */
const confronted = (
  parts: readonly Part[],
  policy: ScorePolicy,
  seed: string,
): readonly { readonly part: Part; readonly shown: Confronted }[] =>
  parts.flatMap((part) => {
    const shown = confront(policy, part.pair, seedOf(seed, part));
    return shown ? [{ part, shown }] : [];
  });

const report = (
  { column, value, margin, demand, binding }: Part,
  comparison: Compared,
  harm: number | undefined,
): Slice => ({
  ...comparison,
  column,
  value,
  margin,
  demand,
  binding,
  held:
    demand === "harm-excluded"
      ? keepingOf({ ...comparison, margin }).shown === "kept"
      : harm === undefined || !isHarmShown(harm),
  ...(harm === undefined ? {} : { harm }),
});

/** Weighs the slices that a gate names. Whether harm is shown is asked of all that bind together, and of each small one by itself. */
function weighNamed(pair: Pair, policy: ScorePolicy, columns: readonly SliceColumn[], seed: string): readonly Slice[] {
  const parts = policy.slices.flatMap((asked) => {
    const found = columns.find(({ column }) => column === asked.column);
    const all = found ? partsOf(pair, asked, found) : [];
    return [
      ...all.filter(({ binding }) => binding),
      ...all.filter(({ binding }) => !binding).slice(0, mostSmallSlices),
    ];
  });
  const all = confronted(parts, policy, seed).map(({ part, shown }) => ({
    part,
    shown,
    harm: part.demand === "no-harm-shown" ? harmProbability(shown, part.margin) : undefined,
  }));
  const together = all.filter(({ part, harm }) => part.binding && harm !== undefined);
  const corrected = holm(together.map(({ harm = 1 }) => harm));
  return all.map((one) => {
    const harm = corrected[together.indexOf(one)] ?? one.harm;
    return report(one.part, boundsAt(one.shown, alphaToGuard(policy)), harm);
  });
}

/** The slices that come off worst of all that there are, worst first. They say where to look, and decide nothing. */
function weighFound(pair: Pair, policy: ScorePolicy, columns: readonly SliceColumn[], seed: string): readonly Slice[] {
  const asked = { margin: 0, minRows: Number.POSITIVE_INFINITY, demand: "no-harm-shown" } as const;
  const parts = (policy.autoSlices ?? [])
    .filter((name) => policy.slices.every(({ column }) => column !== name))
    .flatMap((name) => columns.filter(({ column }) => column === name))
    .flatMap((column) => partsOf(pair, { ...asked, column: column.column }, column))
    .filter(({ rows }) => rows >= fewestFound);
  return confronted(parts, policy, seed)
    .toSorted((a, b) => (a.shown.values.improvement ?? 0) - (b.shown.values.improvement ?? 0))
    .slice(0, mostFound)
    .map(({ part, shown }) => ({ ...report(part, boundsAt(shown, alphaToGuard(policy)), undefined), found: true }));
}

export const weighSlices = (
  pair: Pair,
  policy: ScorePolicy,
  columns: readonly SliceColumn[],
  seed: string,
): readonly Slice[] => [...weighNamed(pair, policy, columns, seed), ...weighFound(pair, policy, columns, seed)];
