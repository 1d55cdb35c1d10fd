import { metrics, readMetric } from "@ratchet/contracts";
import type { Pair } from "../metrics/metric.ts";
import { type Compared, compare } from "./compare.ts";
import type { ScorePolicy, Threshold } from "./policy.ts";

/**
 * The rule by which a challenger is better, and all of it: at what level models are compared, and what a comparison has
 * to show. `weighing.ts` asks it for the comparisons, `decide.ts` for what they show, `reasons.ts` for the numbers to say.
 */

/**
 * What one comparison may be wrong with: the epoch's error, spread evenly over the uses of its holdout. Where the decision alone is
 * told, a rejection is what somebody may learn from as well, so either side has half of it.
 */
export const alphaPerAttempt = ({
  confidence,
  reuseBudget,
  reveal,
}: Pick<ScorePolicy, "confidence" | "reuseBudget" | "reveal">): number =>
  // 1 - 0.95 is 0.05 and a little more; people read this number.
  Number(((1 - confidence) / (reveal === "decision" ? 2 * reuseBudget : reuseBudget)).toPrecision(12));

/** What a guardrail's comparison may be wrong with: all of it, since they can only hold back, so more of them is no more risk. */
export const alphaToGuard = ({ confidence }: Pick<ScorePolicy, "confidence">): number =>
  Number((1 - confidence).toPrecision(12));

/**
 * How often a challenger that harms no slice may be refused for harm in any: what is lost is a promotion that can be asked for
 * again, and what is gained is to find one slice of 250 rows that lost 5 points in 6 of 10 cases.
 */
const harmLevel = 0.2;

/** Compares by the gate's metric, at this attempt's share of alpha. */
export const compareByMetric = (pair: Pair, policy: ScorePolicy, seed: string): Compared | undefined =>
  compare(policy, pair, alphaPerAttempt(policy), seed);

/** Compares for a guardrail or slice. */
export const compareToGuard = (metric: string, pair: Pair, policy: ScorePolicy, seed: string): Compared | undefined =>
  compare({ ...policy, metric }, pair, alphaToGuard(policy), seed);

/** What a comparison by the gate's metric shows. Numbers are improvements of the metric, positive where better. */
export type Standing =
  | { readonly shown: "better" | "worse"; readonly byAtLeast: number; readonly alpha: number }
  /** It may be as little as `perhaps`, and more than `asked` has to be shown. */
  | { readonly shown: "neither"; readonly perhaps: number; readonly asked: number; readonly alpha: number }
  | { readonly shown: "too-few-rows" };

/** Better is what is shown to be better by more than `minEffect`; worse is what is shown to be worse at all. */
export function standingOf(
  { lowerBound, upperBound, alpha }: Compared,
  { minEffect: asked }: Pick<ScorePolicy, "minEffect">,
): Standing {
  if (lowerBound === null || upperBound === null || alpha === null) return { shown: "too-few-rows" };
  if (upperBound < 0) return { shown: "worse", byAtLeast: -upperBound, alpha };
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
export function keepingOf({ lowerBound, upperBound, alpha, margin }: Compared & { readonly margin: number }): Keeping {
  if (lowerBound === null || upperBound === null || alpha === null) return { shown: "too-few-rows" };
  if (lowerBound >= -margin) return { shown: "kept" };
  if (upperBound < -margin) return { shown: "broken", byAtLeast: -upperBound, alpha };
  return { shown: "neither", perhaps: lowerBound, alpha };
}

/** Whether harm is shown, by how likely it looked so without any, corrected for the number of slices that were asked. */
export const isHarmShown = (corrected: number): boolean => corrected <= harmLevel;

/** Whether a slice of so many rows can hold a challenger back; smaller ones are reported only. */
export const isBinding = (rows: number, { minRows }: { readonly minRows: number }): boolean => rows >= minRows;

/** An improvement that should not be missed, where nobody says: a point of what ends at 1, a twentieth of what does not. */
export function worthOf({ metric, champion }: Compared, { worth }: Pick<ScorePolicy, "worth">): number {
  if (worth !== undefined) return worth;
  const { name } = readMetric(metric) ?? {};
  const ends = name === "brier" || name === "calibration-error" || (name && metrics[name].better === "higher");
  return ends ? 0.01 : 0.05 * (champion ?? 0);
}

/** The bound of a threshold that a value misses; undefined where it meets them. What is not a number meets none. */
export function missedBound(
  value: number,
  { min, max }: Threshold,
): { readonly is: "below" | "above"; readonly bound: number } | undefined {
  if (min !== undefined && !(value >= min)) return { is: "below", bound: min };
  if (max !== undefined && !(value <= max)) return { is: "above", bound: max };
  return undefined;
}
