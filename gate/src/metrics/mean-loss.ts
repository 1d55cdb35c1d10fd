import { byImprovements } from "../methods/bounded-mean.ts";
import type { Scores } from "../scores.ts";
import { bothWays, less, type Metric, mean } from "./metric.ts";

/**
 * The mean of a loss that is bounded row by row.
 * @param most the most that one row may lose against another model, known before any row is.
 */
export const meanLoss = <Of extends Scores>(
  lossOf: (scores: Of) => Float64Array | undefined,
  most: (scores: Of) => number,
): Metric<Of> => ({
  measure(scores) {
    const losses = lossOf(scores);
    return losses && mean(losses);
  },
  compare({ challenger, champion }) {
    const [own, other] = [lossOf(challenger), lossOf(champion)];
    const worst = -most(challenger);
    return own && other && bothWays(own, other, (one, another) => byImprovements(less(another, one), worst));
  },
});
