import type { ClassifierScores } from "../scores.ts";
import { countsOf, rarestClass } from "./confusion.ts";
import { at } from "./metric.ts";
import { type Influenced, setMetric } from "./set-metric.ts";

function macro(scores: ClassifierScores): Influenced {
  const { rows, labels, predicted } = scores;
  const counts = countsOf(scores);
  const seen = counts.labelled.map((count, index) => count + at(counts.predicted, index));
  const present = Math.max(seen.filter((count) => count > 0).length, 1);
  const f1 = Float64Array.from(seen, (count, index) => (count === 0 ? 0 : (2 * at(counts.right, index)) / count));
  const share = (index: number): number => at(f1, index) / Math.max(at(seen, index), 1);
  const of = (label: number, said: number): number => {
    const right = label === said ? 2 / at(seen, label) : 0;
    return (rows / present) * (right - share(label) - share(said));
  };
  const dearest = [...seen.keys()].sort((a, b) => share(b) - share(a)).slice(0, 2);
  return {
    value: f1.reduce((sum, value) => sum + value, 0) / present,
    influence: Float64Array.from(labels, (label, row) => of(label, at(predicted, row))),
    least: (label) => of(label, dearest.find((index) => index !== label) ?? label),
    most: (label) => of(label, label),
  };
}

/** F1 averaged over the classes that occur, as label or as prediction. */
export const macroF1 = setMetric("higher", macro, rarestClass);
