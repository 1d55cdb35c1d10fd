import type { ClassifierScores } from "../scores.ts";
import { countsOf, rarestClass } from "./confusion.ts";
import { at } from "./metric.ts";
import { type Influenced, setMetric } from "./set-metric.ts";

function balanced(scores: ClassifierScores): Influenced {
  const { rows, labels, predicted } = scores;
  const { labelled, right } = countsOf(scores);
  const present = labelled.filter((count) => count > 0).length;
  const recall = Float64Array.from(labelled, (count, index) => (count === 0 ? 0 : at(right, index) / count));
  const of = (label: number, won: number): number =>
    ((won - at(recall, label)) * rows) / (present * at(labelled, label));
  return {
    value: recall.reduce((sum, share) => sum + share, 0) / Math.max(present, 1),
    influence: Float64Array.from(labels, (label, row) => of(label, predicted[row] === label ? 1 : 0)),
    least: (label) => of(label, 0),
    most: (label) => of(label, 1),
  };
}

/** The mean over classes of the share of their rows that are right. */
export const balancedAccuracy = setMetric("higher", balanced, rarestClass);
