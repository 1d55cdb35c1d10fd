import type { ClassifierScores } from "../scores.ts";
import { countsOf, rarerSide } from "./confusion.ts";
import { at, type Metric } from "./metric.ts";
import { type Influenced, setMetric } from "./set-metric.ts";

function f1Of(scores: ClassifierScores, index: number): Influenced {
  const { rows, labels, predicted } = scores;
  const counts = countsOf(scores);
  const seen = at(counts.labelled, index) + at(counts.predicted, index);
  const value = seen === 0 ? 0 : (2 * at(counts.right, index)) / seen;
  const of = (label: number, prediction: number): number => {
    const [is, said] = [label === index ? 1 : 0, prediction === index ? 1 : 0];
    return seen === 0 ? 0 : (rows * (2 * is * said - value * (is + said))) / seen;
  };
  // Any other class is as any other.
  const another = index === 0 ? 1 : 0;
  return {
    value,
    influence: Float64Array.from(labels, (label, row) => of(label, at(predicted, row))),
    least: (label) => Math.min(of(label, index), of(label, another)),
    most: (label) => Math.max(of(label, index), of(label, another)),
  };
}

/** F1 of one class: twice its right rows by those that are labelled and those that are predicted so. */
export const f1 = (index: number, name: string): Metric<ClassifierScores> =>
  setMetric("higher", (scores) => f1Of(scores, index), rarerSide(index, name));
