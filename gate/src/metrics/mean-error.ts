import { byMean } from "../methods/subset-means-hall.ts";
import type { RegressionScores } from "../scores.ts";
import { at, bothWays, less, type Metric, mean } from "./metric.ts";

/** What is charged for each row's error, which is the prediction less the label. */
export const chargedErrors = (
  { labels, predicted }: RegressionScores,
  charge: (error: number) => number,
): Float64Array => predicted.map((value, row) => charge(value - at(labels, row)));

/** The mean of what is charged for an error, in the label's own unit. */
export const meanError = (charge: (error: number) => number): Metric<RegressionScores> => ({
  measure: (scores) => mean(chargedErrors(scores, charge)),
  compare: ({ challenger, champion }) =>
    bothWays(chargedErrors(challenger, charge), chargedErrors(champion, charge), (own, other) =>
      byMean(less(other, own)),
    ),
});
