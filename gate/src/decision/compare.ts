import type { Comparison, ComparisonMethod } from "@ratchet/contracts";
import type { TooFew } from "../methods/method.ts";
import { methodFor } from "../methods/methods.ts";
import type { Pair, Parameters } from "../metrics/metric.ts";
import { betterBy, comparedAs, evidenceOf } from "../metrics/metrics.ts";
import type { Scores } from "../scores.ts";

/** A comparison with all that is known of it here. */
export interface Compared extends Comparison {
  readonly method: ComparisonMethod;
  /** One-sided upper bound, at alpha, of the improvement; null where none can be given. */
  readonly upperBound: number | null;
  /** Why there are no bounds. */
  readonly tooFew?: TooFew;
}

/** A metric's name, and what else the gate says of metrics. */
export interface Measure {
  readonly metric: string;
  readonly parameters?: Parameters | undefined;
}

/** The challenger's metric, and the champion's beside it, where nothing is tested; undefined where scores do not carry it. */
export function absolute({ metric, parameters }: Measure, challenger: Scores, champion?: Scores): Compared | undefined {
  const { value, note } = comparedAs(metric, challenger, parameters);
  const other = champion && comparedAs(metric, champion, parameters).value;
  if (value === undefined) return undefined;
  const [more, fewer] = betterBy(metric) === "higher" ? [value, other] : [other, value];
  return {
    metric,
    challenger: value,
    champion: other ?? null,
    improvement: more === undefined || fewer === undefined ? null : more - fewer,
    lowerBound: null,
    upperBound: null,
    alpha: null,
    rows: challenger.rows,
    method: "absolute",
    ...(note === undefined ? {} : { note }),
  };
}

const mirroredBound = (bound: number | null): number | null => (bound === null ? null : 0 - bound);

/**
 * Compares two models by a metric on the same rows, by the method that holds for it: with bounds of the improvement, each
 * one-sided at alpha, or with what there is too little of.
 * @param seed what makes random subsets repeatable.
 * @returns undefined where a model's scores do not carry the metric.
 */
export function compare(
  measure: Measure,
  { challenger, champion }: Pair,
  alpha: number,
  seed: string,
): Compared | undefined {
  const { metric, parameters } = measure;
  const values = absolute(measure, challenger, champion);
  const own = evidenceOf(metric, { challenger, champion }, parameters);
  const other = evidenceOf(metric, { challenger: champion, champion: challenger }, parameters);
  if (!values || !own || !other) return undefined;
  const { name, tooFew, lowerBound } = methodFor(own);
  const few = tooFew(own);
  const compared = { ...values, alpha, method: name };
  if (few) return { ...compared, tooFew: few, needs: few.rows };
  return {
    ...compared,
    lowerBound: lowerBound(own, alpha, seed),
    upperBound: mirroredBound(lowerBound(other, alpha, seed)),
  };
}

/**
 * How likely rows look this bad or worse for the challenger where it is worse by no more than `margin`; undefined where there
 * are too few rows, or the scores do not carry the metric.
 */
export function harmProbability(
  { metric, parameters }: Measure,
  { challenger, champion }: Pair,
  margin: number,
  seed: string,
): number | undefined {
  const evidence = evidenceOf(metric, { challenger: champion, champion: challenger }, parameters);
  if (!evidence) return undefined;
  const { tooFew, probability } = methodFor(evidence);
  return tooFew(evidence) ? undefined : probability(evidence, margin, seed);
}
