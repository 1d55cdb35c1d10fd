import type { RegressionScores } from "../scores.ts";
import { chargedErrors } from "./mean-error.ts";
import { bothWays, type Metric, mean } from "./metric.ts";

const squares = (scores: RegressionScores): Float64Array => chargedErrors(scores, (error) => error * error);

/**
 * The root of the mean squared error. Two of them are compared by their ratio, squared, which is one of means, and the bound of
 * that is told in the label's unit by the champion's error.
 */
export const rmse: Metric<RegressionScores> = {
  measure: (scores) => Math.sqrt(mean(squares(scores))),
  compare: ({ challenger, champion }) =>
    bothWays(squares(challenger), squares(champion), (own, other) => {
      const scale = Math.sqrt(mean(other));
      return {
        method: "subset-means-hall",
        rows: { numerators: own.map((value) => -value), denominators: other },
        improvementOf: (ratio) => scale * (1 - Math.sqrt(Math.max(0, -ratio))),
        ratioOf: (improvement) => (scale === 0 ? 0 : -(Math.max(0, 1 - improvement / scale) ** 2)),
      };
    }),
};
