import { binomialUpperTail } from "./binomial.ts";
import { gaffkeLower, gaffkeP, type Tally } from "./gaffke.ts";

/** Two classifiers on the same rows: how often only the one, and only the other, was right. */
export interface Discordance {
  /** Rows that the challenger alone had right. */
  readonly gained: number;
  /** Rows that the champion alone had right. */
  readonly lost: number;
  readonly rows: number;
}

/**
 * One-sided exact McNemar test: how likely so many gains are where both are equally good.
 * Source: Q. McNemar, Note on the sampling error of the difference between correlated proportions, Psychometrika 12, 1947.
 */
export const mcnemarP = ({ gained, lost }: Discordance): number => binomialUpperTail(gained, gained + lost, 0.5);

/** A row is won, or lost, or says nothing; it cannot be worse than lost. */
const worst = -1;

const tallyOf = ({ gained, lost, rows }: Discordance): Tally => ({
  values: Float64Array.of(-1, 0, 1),
  counts: Float64Array.of(lost, rows - gained - lost, gained),
  rows,
  mean: (gained - lost) / rows,
});

/** By how much the saddlepoint is off where there is no effect, which is known exactly. */
function correction(discordance: Discordance): number {
  const near = gaffkeP(tallyOf(discordance), worst, 0);
  return near > 0 && near < 0.5 ? mcnemarP(discordance) / near : 1;
}

/**
 * How likely so many gains are where the challenger is more accurate by no more than `effect`: McNemar's test where that is 0,
 * and elsewhere the test of a bounded mean that it is a case of.
 */
export const accuracyP = (discordance: Discordance, effect: number): number =>
  effect === 0
    ? mcnemarP(discordance)
    : Math.min(1, gaffkeP(tallyOf(discordance), worst, effect) * correction(discordance));

/** One-sided lower bound, at `alpha`, of how much more accurate the challenger is: above 0 just where the exact test says so. */
export function accuracyLowerBound(discordance: Discordance, alpha: number): number {
  const bound = gaffkeLower(tallyOf(discordance), worst, Math.min(alpha / correction(discordance), 0.5));
  return mcnemarP(discordance) <= alpha ? bound : Math.min(0, bound);
}
