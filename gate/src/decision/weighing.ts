import type { Limited } from "@ratchet/contracts";
import { distinctRows } from "../distinct-rows.ts";
import type { Pair } from "../metrics/metric.ts";
import { allMetrics } from "../metrics/metrics.ts";
import { type Scores, selectRows } from "../scores.ts";
import { absolute, type Compared } from "./compare.ts";
import { enoughRows } from "./enough-rows.ts";
import { type Costs, weighLimits } from "./limits.ts";
import { metricsNeeded, type ScorePolicy } from "./policy.ts";
import { alphaPerAttempt, compareByMetric, compareToGuard, keepingOf, worthOf } from "./rule.ts";
import { type Slice, type SliceColumn, weighSlices } from "./slices.ts";

/** A metric that may not get worse by more than a margin. */
export interface Guarded extends Compared {
  readonly margin: number;
  /** Shown not to be worse by more than the margin. */
  readonly held: boolean;
}

/** All that the scores say, in numbers. */
export interface Weighing {
  readonly metrics: Readonly<Record<string, { readonly challenger: number; readonly champion: number | null }>>;
  readonly primary: Compared;
  readonly guardrails: readonly Guarded[];
  readonly slices: readonly Slice[];
  readonly limits: readonly Limited[];
}

/** The challenger's scores, and the champion's where there are any, for numbers beside them. */
interface ScoredAlone {
  readonly challenger: Scores;
  readonly champion?: Scores | undefined;
  readonly costs?: Costs | undefined;
}

const guarded = (compared: Compared, margin: number): Guarded => ({
  ...compared,
  margin,
  held: keepingOf({ ...compared, margin }).shown === "kept",
});

function metricsOf({ challenger, champion }: ScoredAlone, policy: ScorePolicy): Weighing["metrics"] {
  const of = (scores: Scores) => allMetrics(scores, metricsNeeded(policy), policy.parameters);
  const others = champion ? of(champion) : {};
  return Object.fromEntries(
    Object.entries(of(challenger)).map(([name, value]) => [
      name,
      { challenger: value, champion: others[name] ?? null },
    ]),
  );
}

function primaryAlone({ challenger, champion }: ScoredAlone, policy: ScorePolicy): Compared {
  const found = absolute(policy, challenger, champion);
  if (!found) throw new RangeError(`the challenger's scores carry no ${policy.metric}`);
  return found;
}

/** The challenger's numbers with no test: there is no champion, or the holdout may not be used for one. */
export const weighAlone = (scored: ScoredAlone, policy: ScorePolicy): Weighing => ({
  metrics: metricsOf(scored, policy),
  primary: primaryAlone(scored, policy),
  guardrails: [],
  slices: [],
  limits: weighLimits(scored, policy),
});

/** Compares by the gate's metric, and says how many rows would be enough. */
function primaryOf(pair: Pair, policy: ScorePolicy, seed: string): Compared {
  const compared = compareByMetric(pair, policy, `${seed} ${policy.metric}`);
  if (!compared) return primaryAlone(pair, policy);
  const wanted = { asked: policy.minEffect, worth: worthOf(compared, policy) };
  const enough = enoughRows(policy, pair, alphaPerAttempt(policy), wanted);
  return enough ? { ...compared, enough } : compared;
}

/** What two models said of the same rows. */
export interface ScoredPair extends Pair {
  /** What tells rows apart, where some may be there more than once; undefined where it is known that none is. */
  readonly identities?: readonly string[] | undefined;
  /** What both cost beside their quality; undefined where that was not measured. */
  readonly costs?: Costs | undefined;
}

/** The same without repeated rows, each of which counts once. */
function withoutRepeats(
  { identities, challenger, champion }: ScoredPair,
  columns: readonly SliceColumn[],
): { readonly pair: Pair; readonly columns: readonly SliceColumn[] } {
  const rows = identities && distinctRows(identities);
  if (!rows || rows.length === challenger.rows) return { pair: { challenger, champion }, columns };
  return {
    pair: { challenger: selectRows(challenger, rows), champion: selectRows(champion, rows) },
    columns: columns.map((column) => ({ ...column, ofRow: rows.map((row) => column.ofRow[row] ?? -1) })),
  };
}

/**
 * Compares challenger and champion by everything that the gate names.
 * @param seed what makes random subsets repeatable.
 */
export function weighPair(
  scored: ScoredPair,
  policy: ScorePolicy,
  sliceColumns: readonly SliceColumn[],
  seed: string,
): Weighing {
  const { pair, columns } = withoutRepeats(scored, sliceColumns);
  return {
    metrics: metricsOf(pair, policy),
    primary: primaryOf(pair, policy, seed),
    guardrails: policy.guardrails.flatMap(({ metric, margin }) => {
      const compared = compareToGuard(metric, pair, policy, `${seed} guardrail ${metric}`);
      return compared ? [guarded(compared, margin)] : [];
    }),
    slices: weighSlices(pair, policy, columns, seed),
    limits: weighLimits({ ...pair, costs: scored.costs }, policy),
  };
}
