import { byImprovements } from "../methods/bounded-mean.ts";
import type { Rarest } from "../methods/method.ts";
import type { ClassifierScores } from "../scores.ts";
import { at, bothWays, type Metric } from "./metric.ts";

/** A number of all rows together, and what each of them has to do with it. */
export interface Influenced {
  readonly value: number;
  /** By how much a row moves the value, times the number of rows; they sum to 0, about. */
  readonly influence: Float64Array;
  /** How little, and how much, a row with such a label may move it, whatever the model says of it. */
  readonly least: (label: number) => number;
  readonly most: (label: number) => number;
}

/** What the worst row there may be says: the better model could not do more there, nor the other less. */
function worstOf({ labels }: ClassifierScores, better: Influenced, worse: Influenced): number {
  let worst = 0;
  for (const label of new Set(labels)) worst = Math.min(worst, better.least(label) - worse.most(label));
  return worst;
}

/**
 * A metric that is no mean over rows: each row says the difference of all, and what it adds to that by its influence.
 * Source: F. Hampel, The influence curve and its role in robust estimation, JASA 69, 1974.
 */
export const setMetric = (
  better: "higher" | "lower",
  of: (scores: ClassifierScores) => Influenced | undefined,
  rarest: (scores: ClassifierScores) => Rarest | undefined,
): Metric<ClassifierScores> => ({
  measure: (scores) => of(scores)?.value,
  compare({ challenger, champion }) {
    const [own, other] = [of(challenger), of(champion)];
    if (!own || !other) return undefined;
    const [more, fewer] = better === "higher" ? [own, other] : [other, own];
    return bothWays(more, fewer, (one, another) => {
      const difference = one.value - another.value;
      const improvements = one.influence.map((value, row) => difference + value - at(another.influence, row));
      return byImprovements(improvements, difference + worstOf(challenger, one, another), rarest(challenger));
    });
  },
});
