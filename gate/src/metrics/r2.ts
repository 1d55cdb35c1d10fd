import { byMean } from "../methods/subset-means-hall.ts";
import type { RegressionScores } from "../scores.ts";
import { chargedErrors } from "./mean-error.ts";
import { bothWays, less, type Metric, mean } from "./metric.ts";

const squares = (scores: RegressionScores): Float64Array => chargedErrors(scores, (error) => error * error);

/** Squared distances of labels from their mean: what is there to be explained. */
function distances({ labels }: RegressionScores): Float64Array {
  const centre = mean(labels);
  return labels.map((label) => (label - centre) ** 2);
}

/** 1 - residual / total sum of squares; 0 where the labels do not vary. */
export const r2: Metric<RegressionScores> = {
  measure(scores) {
    const total = mean(distances(scores));
    return total > 0 ? 1 - mean(squares(scores)) / total : 0;
  },
  compare({ challenger, champion }) {
    const denominators = distances(challenger);
    // Nothing to explain: neither explains more of it.
    const explained = mean(denominators) > 0;
    return bothWays(squares(challenger), squares(champion), (own, other) =>
      explained
        ? {
            method: "subset-means-hall",
            rows: { numerators: less(other, own), denominators },
            improvementOf: (ratio) => ratio,
            ratioOf: (improvement) => improvement,
          }
        : byMean(new Float64Array(own.length)),
    );
  },
};
