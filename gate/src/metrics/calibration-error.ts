import type { ClassifierScores } from "../scores.ts";
import { at } from "./metric.ts";
import { type Influenced, setMetric } from "./set-metric.ts";

const bins = 15;

function expected({ rows, labels, predicted, probabilities }: ClassifierScores): Influenced | undefined {
  if (!probabilities) return undefined;
  const { ofPredicted } = probabilities;
  // (0, 1/15], (1/15, 2/15], … as in the paper.
  const binOf = (row: number): number => Math.min(Math.max(Math.ceil(at(ofPredicted, row) * bins) - 1, 0), bins - 1);
  const excess = (row: number): number => at(ofPredicted, row) - (labels[row] === predicted[row] ? 1 : 0);
  const sums = new Float64Array(bins);
  for (let row = 0; row < rows; row += 1) (sums[binOf(row)] as number) += excess(row);
  const value = rows === 0 ? 0 : sums.reduce((sum, one) => sum + Math.abs(one), 0) / rows;
  return {
    value,
    influence: Float64Array.from(labels, (_, row) => Math.sign(at(sums, binOf(row))) * excess(row) - value),
    least: () => -1 - value,
    most: () => 1 - value,
  };
}

/**
 * Expected calibration error over 15 equal bins of confidence: the mean distance between confidence and accuracy.
 * Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
 */
export const calibrationError = setMetric("lower", expected, () => undefined);
