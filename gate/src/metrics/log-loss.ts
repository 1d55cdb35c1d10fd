import type { ClassifierScores } from "../scores.ts";
import { meanLoss } from "./mean-loss.ts";
import { type Metric, mean } from "./metric.ts";

/** A model that is quite sure and wrong is charged for a probability of this much, not for none. */
const leastProbability = 1e-15;
/** Where models are compared, it is charged for one of this much: what is not bounded cannot be tested on few rows. */
const leastCompared = 0.01;

const charged =
  (least: number) =>
  ({ probabilities }: ClassifierScores): Float64Array | undefined =>
    probabilities?.ofLabel.map((p) => -Math.log(Math.max(p, least)));

const bounded = meanLoss(charged(leastCompared), () => -Math.log(leastCompared));

/** Mean of -ln p(label). */
export const logLoss: Metric<ClassifierScores> = {
  compare: bounded.compare,
  measure(scores) {
    const losses = charged(leastProbability)(scores);
    return losses && mean(losses);
  },
  comparedAs: {
    measure: bounded.measure,
    note: `probabilities below ${leastCompared} count as ${leastCompared}`,
  },
};
