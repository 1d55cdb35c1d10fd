import { hallLower, hallP, momentsOf } from "../statistics/hall.ts";
import type { RatioRows } from "../statistics/ratio.ts";
import { fewestSubsets, subsetLower, subsetP, subsetRatios, subsetsFor } from "../statistics/subset-means.ts";
import { deviationOf, type Method, tooFew } from "./method.ts";

/** Rows whose ratio of means says how much better the challenger is, and how to read it. */
export interface ByRatio {
  readonly method: "subset-means-hall";
  readonly rows: RatioRows;
  /** The improvement, in the metric's own unit, that a ratio is; it rises with the ratio. */
  readonly improvementOf: (ratio: number) => number;
  readonly ratioOf: (improvement: number) => number;
}

/** Rows whose mean is the improvement. */
export const byMean = (improvements: Float64Array): ByRatio => ({
  method: "subset-means-hall",
  rows: { numerators: improvements, denominators: new Float64Array(improvements.length).fill(1) },
  improvementOf: (ratio) => ratio,
  ratioOf: (improvement) => improvement,
});

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What no row says otherwise is so: the ratio of all rows, or undefined where they differ in it. */
function constant({ numerators, denominators }: RatioRows): number | undefined {
  const ratio = meanOf(numerators) / meanOf(denominators);
  const scale = 1e-12 * (Math.abs(ratio) + 1);
  const agree = numerators.every((value, row) => {
    const of = denominators[row] as number;
    return Math.abs(value - ratio * of) <= scale * of;
  });
  return agree ? ratio : undefined;
}

/** The lesser of two bounds, since each fails where the other holds. */
export const subsetMeansHall: Method<ByRatio> = {
  name: "subset-means-hall",
  assumes:
    "Rows are independent of each other, and errors of both models have a finite variance, with no rare ones that make most of it.",
  failsUnder: [
    "Harm that is rarer than about 100 in all rows: a challenger whose errors are 2.1 times as large in 5 of 100 rows and 0.9 times in the others is promoted by RMSE in 3 % by 100 rows, in 0.7 % by 1,000 and in 0.3 % by 10,000, where 0.25 % is promised.",
    "A challenger with heavier tails than the champion: errors of a t distribution with 3 degrees against normal ones are promoted by RMSE in 7 to 14 %, by MAE in 1.4 % by 100 rows and 0.4 % by 1,000.",
  ],
  tooFew: ({ rows: { numerators } }) => tooFew({ rows: numerators.length }),
  test({ rows, improvementOf, ratioOf }, seed) {
    const same = constant(rows);
    if (same !== undefined)
      return {
        lowerBound: () => improvementOf(same),
        probability: (effect) => (same > ratioOf(effect) ? 0 : 1),
      };
    const moments = momentsOf(rows);
    const drawn = new Map<number, Float64Array>();
    const ratiosOf = (subsets: number): Float64Array => {
      const ratios = drawn.get(subsets) ?? subsetRatios(rows, subsets, seed);
      drawn.set(subsets, ratios);
      return ratios;
    };
    return {
      lowerBound(alpha) {
        const subsets = subsetsFor(alpha);
        if (subsets === undefined) return null;
        const ratio = Math.min(subsetLower(ratiosOf(subsets), alpha), hallLower(moments, alpha));
        return Number.isFinite(ratio) ? improvementOf(ratio) : null;
      },
      probability(effect) {
        const ratio = ratioOf(effect);
        return Math.max(subsetP(ratiosOf(fewestSubsets), ratio), hallP(moments, ratio));
      },
    };
  },
  deviation({ rows: { numerators, denominators }, improvementOf }) {
    const ratio = meanOf(numerators) / meanOf(denominators);
    const per = meanOf(denominators);
    // Near the estimate an improvement changes with the ratio as a line does.
    const step = 1e-6 * (Math.abs(ratio) + 1);
    const slope = (improvementOf(ratio + step) - improvementOf(ratio - step)) / (2 * step);
    return deviationOf(numerators.map((value, row) => (slope * (value - ratio * (denominators[row] as number))) / per));
  },
};
