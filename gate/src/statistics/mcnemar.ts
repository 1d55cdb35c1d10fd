import { binomialUpperTail, clopperPearsonLower } from "./binomial.ts";
import { bisect } from "./bisect.ts";
import { normalQuantile } from "./normal.ts";

/** Two classifiers on the same rows: how often only the one, and only the other, was right. */
export interface Discordance {
  /** Rows that the challenger alone had right. */
  readonly gained: number;
  /** Rows that the champion alone had right. */
  readonly lost: number;
  readonly rows: number;
}

/** One-sided exact McNemar test: how likely so many gains are where both are equally good. */
export const mcnemarP = ({ gained, lost }: Discordance): number => binomialUpperTail(gained, gained + lost, 0.5);

/**
 * Lower bound of the difference in accuracy that agrees with the exact McNemar test: above 0 just where the test
 * rejects at `alpha`. Conditional on the number of discordant rows, so it says nothing of differences beyond that.
 */
function conditionalLower({ gained, lost, rows }: Discordance, alpha: number): number {
  const discordant = gained + lost;
  return ((2 * clopperPearsonLower(gained, discordant, alpha) - 1) * discordant) / rows;
}

/**
 * Lower bound by the score test for paired proportions, right around any difference, also where few rows are
 * discordant. Source: T. Tango, Statistics in Medicine 17, 1998.
 */
export function scoreLower({ gained, lost, rows }: Discordance, alpha: number): number {
  const difference = (gained - lost) / rows;
  const z = normalQuantile(1 - alpha);
  const refuted = (delta: number): boolean => {
    const b = -gained - lost + (2 * rows - gained + lost) * delta;
    const c = -lost * delta * (1 - delta);
    const lostShare = (Math.sqrt(Math.max(0, b * b - 8 * rows * c)) - b) / (4 * rows);
    const variance = rows * (2 * lostShare + delta * (1 - delta));
    return gained - lost - rows * delta >= z * Math.sqrt(Math.max(0, variance));
  };
  return refuted(-1) ? bisect(-1, difference, refuted) : -1;
}

/**
 * One-sided lower bound, at `alpha`, of how much more accurate the challenger is. Above 0 only where the exact test
 * says so; below 0 the score bound, which stays honest where the conditional one cannot see beyond the few discordant
 * rows.
 */
export function accuracyLowerBound(discordance: Discordance, alpha: number): number {
  const score = scoreLower(discordance, alpha);
  return mcnemarP(discordance) <= alpha ? Math.min(conditionalLower(discordance, alpha), score) : Math.min(0, score);
}
