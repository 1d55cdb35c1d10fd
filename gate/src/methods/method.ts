import type { ComparisonMethod } from "@ratchet/contracts";

/** Too few rows for a method to hold what it promises. */
export interface TooFew {
  /** What there is too little of, e.g. `60 rows`. */
  readonly has: string;
  /** How much of it there has to be. */
  readonly needs: string;
  /** How many rows there would have to be, if the others are like these. */
  readonly rows: number;
}

/** What a method makes of rows. */
export interface Test {
  /** One-sided lower bound, at alpha, of the improvement in the metric's own unit; null where none can be given. */
  readonly lowerBound: (alpha: number) => number | null;
  /** How likely rows look this good or better where the improvement is no more than `effect`. */
  readonly probability: (effect: number) => number;
}

/** A way to tell whether one model is better than another, by what rows say of it. */
export interface Method<Evidence> {
  readonly name: ComparisonMethod;
  /** What it takes for granted, for people. */
  readonly assumes: string;
  /** The cases in which it is known to promote more often than it says, as they were measured, for people. */
  readonly failsUnder: readonly string[];
  /** Why no test of these rows would hold; undefined where there are enough. */
  readonly tooFew: (evidence: Evidence) => TooFew | undefined;
  /** @param seed what makes random subsets repeatable. */
  readonly test: (evidence: Evidence, seed: string) => Test;
  /** The standard deviation, by row, of what the improvement is a mean of. */
  readonly deviation: (evidence: Evidence) => Deviation;
}

/** How much rows differ in what they say, and how far that can be trusted. */
export interface Deviation {
  readonly variance: number;
  /** Of the fourth moment to the squared variance: 3 where they are normal, more where few rows make most of it. */
  readonly kurtosis: number;
}

/** The fewest rows by which anything but accuracy is compared. */
export const fewestRows = 100;
/** The fewest rows of each class by which a metric of classes is compared. */
const fewestOfClass = 10;

const tooFewRows = (rows: number): TooFew | undefined =>
  rows < fewestRows ? { has: `${rows} rows`, needs: `${fewestRows} rows`, rows: fewestRows } : undefined;

/** Why rows, or those of the class that has fewest, are too few. */
export function tooFew({
  rows,
  rarest,
}: {
  readonly rows: number;
  readonly rarest?: Rarest | undefined;
}): TooFew | undefined {
  const few = tooFewRows(rows);
  if (few || !rarest || rarest.rows >= fewestOfClass) return few;
  return {
    has: `${rarest.rows} rows of class ${rarest.name}`,
    needs: `${fewestOfClass} of each`,
    rows: rarest.rows === 0 ? 2 * rows : Math.ceil((rows * fewestOfClass) / rarest.rows),
  };
}

/** The class that the fewest rows have, of those that a metric is made of. */
export interface Rarest {
  readonly name: string;
  readonly rows: number;
}

/** Variance and kurtosis of values that occur so often. */
export function deviationOf(values: Float64Array, counts?: Float64Array): Deviation {
  const count = (at: number): number => (counts ? (counts[at] as number) : 1);
  let rows = 0;
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) {
    rows += count(at);
    sum += count(at) * (values[at] as number);
  }
  const mean = sum / rows;
  let squares = 0;
  let fourths = 0;
  for (let at = 0; at < values.length; at += 1) {
    const square = ((values[at] as number) - mean) ** 2;
    squares += count(at) * square;
    fourths += count(at) * square * square;
  }
  const variance = squares / Math.max(rows - 1, 1);
  return { variance, kurtosis: squares === 0 ? 3 : (fourths * rows) / squares ** 2 };
}
