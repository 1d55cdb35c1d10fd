import type { Comparison, ComparisonMethod } from "@ratchet/contracts";
import type { Test, TooFew } from "../methods/method.ts";
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

/** Two models by a metric, as they can be asked about from either side. */
export interface Confronted {
  /** Their values; nothing is tested yet. */
  readonly values: Compared;
  readonly method: ComparisonMethod;
  readonly tooFew: TooFew | undefined;
  readonly better: Test;
  readonly worse: Test;
}

/**
 * Sets two models against each other by a metric on the same rows.
 * @param seed what makes random subsets repeatable.
 * @returns undefined where a model's scores do not carry the metric.
 */
export function confront(measure: Measure, { challenger, champion }: Pair, seed: string): Confronted | undefined {
  const { metric, parameters } = measure;
  const values = absolute(measure, challenger, champion);
  const evidence = evidenceOf(metric, { challenger, champion }, parameters);
  if (!values || !evidence) return undefined;
  const { name, tooFew, test } = methodFor(evidence.better);
  return {
    values,
    method: name,
    tooFew: tooFew(evidence.better),
    better: test(evidence.better, seed),
    worse: test(evidence.worse, seed),
  };
}

const mirroredBound = (bound: number | null): number | null => (bound === null ? null : 0 - bound);

/** The bounds of the improvement, each one-sided at alpha, or what there is too little of. */
export function boundsAt({ values, method, tooFew, better, worse }: Confronted, alpha: number): Compared {
  const compared = { ...values, alpha, method };
  return tooFew
    ? { ...compared, tooFew, needs: tooFew.rows }
    : {
        ...compared,
        lowerBound: better.lowerBound(alpha),
        upperBound: mirroredBound(worse.lowerBound(alpha)),
      };
}

/** Compares two models, by the method that holds for the metric; undefined where a model's scores do not carry it. */
export function compare(measure: Measure, pair: Pair, alpha: number, seed: string): Compared | undefined {
  const confronted = confront(measure, pair, seed);
  return confronted && boundsAt(confronted, alpha);
}

/**
 * How likely rows look this bad or worse for the challenger where it is worse by no more than `margin`; undefined where there
 * are too few rows.
 */
export const harmProbability = ({ tooFew, worse }: Confronted, margin: number): number | undefined =>
  tooFew ? undefined : worse.probability(margin);
