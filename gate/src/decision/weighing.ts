import { allMetrics, metricOf } from "../metrics/metric.ts";
import { type Scores, selectRows } from "../scores.ts";
import { absolute, type Compared, type ScoredPair } from "./compare.ts";
import type { ScorePolicy } from "./policy.ts";
import { compareByMetric, compareToGuard, isBinding, keepingOf } from "./rule.ts";

/** A demand not to get worse by more than a margin. */
export interface Guarded extends Compared {
  readonly margin: number;
  /** Shown not to be worse by more than the margin. */
  readonly held: boolean;
}

export interface Slice extends Guarded {
  readonly column: string;
  readonly value: string;
  /** Smaller slices are reported only. */
  readonly binding: boolean;
}

/** The values of a slice's column, row by row. */
export interface SliceColumn {
  readonly column: string;
  readonly values: readonly string[];
  /** Index into `values` of each row. */
  readonly ofRow: Int32Array;
}

/** All that the scores say, in numbers. */
export interface Weighing {
  readonly metrics: Readonly<Record<string, { readonly challenger: number; readonly champion: number | null }>>;
  readonly primary: Compared;
  readonly guardrails: readonly Guarded[];
  readonly slices: readonly Slice[];
}

/** The challenger's scores, and the champion's where there are any, for numbers beside them. */
interface ScoredAlone {
  readonly challenger: Scores;
  readonly champion?: Scores | undefined;
}

/** Small slices that are reported, largest first; binding ones are all reported. */
const mostSmallSlices = 20;

const guarded = (compared: Compared, margin: number): Guarded => ({
  ...compared,
  margin,
  held: keepingOf({ ...compared, margin }).shown === "kept",
});

function metricsOf({ challenger, champion }: ScoredAlone): Weighing["metrics"] {
  const others = champion ? allMetrics(champion) : {};
  return Object.fromEntries(
    Object.entries(allMetrics(challenger)).map(([name, value]) => [
      name,
      { challenger: value, champion: others[name] ?? null },
    ]),
  );
}

function primaryAlone({ challenger, champion }: ScoredAlone, policy: ScorePolicy): Compared {
  const own = metricOf(policy.metric, challenger);
  if (!own) throw new RangeError(`the challenger's scores carry no ${policy.metric}`);
  return absolute(policy.metric, own, champion && metricOf(policy.metric, champion));
}

/** The challenger's numbers with no test: there is no champion, or the holdout may not be used for one. */
export const weighAlone = (scored: ScoredAlone, policy: ScorePolicy): Weighing => ({
  metrics: metricsOf(scored),
  primary: primaryAlone(scored, policy),
  guardrails: [],
  slices: [],
});

function weighSlices(
  pair: ScoredPair,
  policy: ScorePolicy,
  columns: readonly SliceColumn[],
  seed: string,
): readonly Slice[] {
  return policy.slices.flatMap((demand) => {
    const { column, margin } = demand;
    const found = columns.find((candidate) => candidate.column === column);
    if (!found) return [];
    const rowsOf: number[][] = found.values.map(() => []);
    for (const [row, value] of found.ofRow.entries()) rowsOf[value]?.push(row);
    const bySize = found.values
      .map((value, index) => ({ value, rows: rowsOf[index] ?? [] }))
      .filter(({ rows }) => rows.length > 0)
      .map((slice) => ({ ...slice, binding: isBinding(slice.rows.length, demand) }))
      .sort((a, b) => b.rows.length - a.rows.length || (a.value < b.value ? -1 : 1));
    const small = bySize.filter(({ binding }) => !binding).slice(0, mostSmallSlices);
    return [...bySize.filter(({ binding }) => binding), ...small].flatMap(({ value, rows, binding }) => {
      const selected = Int32Array.from(rows);
      const part = {
        challenger: selectRows(pair.challenger, selected),
        champion: selectRows(pair.champion, selected),
      };
      const compared = compareToGuard(policy.metric, part, policy, `${seed} ${column}=${value}`);
      return compared ? [{ ...guarded(compared, margin), column, value, binding }] : [];
    });
  });
}

/** Compares challenger and champion by everything that the gate names. */
export function weighPair(
  pair: ScoredPair,
  policy: ScorePolicy,
  columns: readonly SliceColumn[],
  seed: string,
): Weighing {
  const primary = compareByMetric(pair, policy, `${seed} ${policy.metric}`);
  return {
    metrics: metricsOf(pair),
    primary: primary ?? primaryAlone(pair, policy),
    guardrails: policy.guardrails.flatMap(({ metric, margin }) => {
      const compared = compareToGuard(metric, pair, policy, `${seed} guardrail ${metric}`);
      return compared ? [guarded(compared, margin)] : [];
    }),
    slices: weighSlices(pair, policy, columns, seed),
  };
}
