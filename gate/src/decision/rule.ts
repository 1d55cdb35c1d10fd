import type { MetricName } from "@ratchet/contracts";
import { type Compared, compare, type ScoredPair } from "./compare.ts";
import type { ScorePolicy, Threshold } from "./policy.ts";

/**
 * The rule by which a challenger is better, and all of it: at what level models are compared, and what a comparison has
 * to show. `weighing.ts` asks it for the comparisons, `judge.ts` for what they show, `reasons.ts` for the numbers to say.
 */

/** What one comparison may be wrong with: the epoch's error, spread evenly over the uses of its holdout. */
export const alphaPerAttempt = ({ confidence, reuseBudget }: ScorePolicy): number =>
  // 1 - 0.95 is 0.05 and a little more; people read this number.
  Number(((1 - confidence) / reuseBudget).toPrecision(12));

/** Compares by the gate's metric, at this attempt's share of alpha. */
export const compareByMetric = (pair: ScoredPair, policy: ScorePolicy, seed: string): Compared | undefined =>
  compare(policy.metric, pair, alphaPerAttempt(policy), seed);

/** Compares for a guardrail or slice at the whole of alpha: they can only hold back, so more of them is no more risk. */
export const compareToGuard = (
  metric: MetricName,
  pair: ScoredPair,
  { confidence }: ScorePolicy,
  seed: string,
): Compared | undefined => compare(metric, pair, 1 - confidence, seed);

/** What a comparison by the gate's metric shows. Numbers are improvements of the metric, positive where better. */
export type Standing =
  | { readonly shown: "better" | "worse"; readonly byAtLeast: number; readonly alpha: number }
  /** It may be as little as `perhaps`, and more than `asked` has to be shown. */
  | { readonly shown: "neither"; readonly perhaps: number; readonly asked: number; readonly alpha: number }
  | { readonly shown: "too-few-rows" };

/** Better is what is shown to be better by more than `minEffect`; worse is what is shown to be worse at all. */
export function standingOf(
  { lowerBound, championLead, alpha }: Compared,
  { minEffect: asked }: Pick<ScorePolicy, "minEffect">,
): Standing {
  if (lowerBound === null || championLead === null || alpha === null) return { shown: "too-few-rows" };
  if (championLead > 0) return { shown: "worse", byAtLeast: championLead, alpha };
  if (lowerBound > asked) return { shown: "better", byAtLeast: lowerBound, alpha };
  return { shown: "neither", perhaps: lowerBound, asked, alpha };
}

/** What a comparison shows of a demand not to get worse by more than a margin. */
export type Keeping =
  | { readonly shown: "kept" }
  | { readonly shown: "broken"; readonly byAtLeast: number; readonly alpha: number }
  | { readonly shown: "neither"; readonly perhaps: number; readonly alpha: number }
  | { readonly shown: "too-few-rows" };

/** Kept is what is shown not to be worse by more than the margin; broken is what is shown to be worse by more. */
export function keepingOf({
  lowerBound,
  championLead,
  alpha,
  margin,
}: Compared & { readonly margin: number }): Keeping {
  if (lowerBound === null || championLead === null || alpha === null) return { shown: "too-few-rows" };
  if (lowerBound >= -margin) return { shown: "kept" };
  if (championLead > margin) return { shown: "broken", byAtLeast: championLead, alpha };
  return { shown: "neither", perhaps: lowerBound, alpha };
}

/** Whether a slice of so many rows can hold a challenger back; smaller ones are reported only. */
export const isBinding = (rows: number, { minRows }: { readonly minRows: number }): boolean => rows >= minRows;

/** The bound of a threshold that a value misses; undefined where it meets them. What is not a number meets none. */
export function missedBound(
  value: number,
  { min, max }: Threshold,
): { readonly is: "below" | "above"; readonly bound: number } | undefined {
  if (min !== undefined && !(value >= min)) return { is: "below", bound: min };
  if (max !== undefined && !(value <= max)) return { is: "above", bound: max };
  return undefined;
}
