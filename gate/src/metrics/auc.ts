import type { Rarest } from "../methods/method.ts";
import type { ClassifierScores } from "../scores.ts";
import { rarestClass } from "./confusion.ts";
import { at } from "./metric.ts";
import { type Influenced, setMetric } from "./set-metric.ts";

/** The probability of one class, row by row; undefined where the scores do not say it. */
function probabilityOf(
  { rows, classes, labels, probabilities }: ClassifierScores,
  index: number,
): Float64Array | undefined {
  if (!probabilities) return undefined;
  const { ofLabel, ofEach } = probabilities;
  if (classes === 2) return ofLabel.map((p, row) => (labels[row] === index ? p : 1 - p));
  if (!ofEach) return undefined;
  const found = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) found[row] = at(ofEach, row * classes + index);
  return found;
}

/** How many of values in rising order are below one, or not above it. */
function countBelow(values: Float64Array, value: number, orEqual: boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = values[middle] as number;
    if (found < value || (orEqual && found === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The share of values in rising order that are below one, those that equal it counted by half. */
const shareBelow = (values: Float64Array, value: number): number =>
  (countBelow(values, value, false) + countBelow(values, value, true)) / (2 * values.length);

/**
 * One class against all others, with DeLong's components as influence.
 * Source: E. DeLong, D. DeLong and D. Clarke-Pearson, Comparing the areas under two or more correlated ROC curves, Biometrics 44, 1988.
 */
function oneAgainstRest(labels: Int32Array, probability: Float64Array, index: number): Influenced {
  const size = labels.length;
  const isOf = (row: number): boolean => labels[row] === index;
  const own = probability.filter((_, row) => isOf(row)).sort();
  const others = probability.filter((_, row) => !isOf(row)).sort();
  const influence = new Float64Array(size);
  let sum = 0;
  for (let row = 0; row < size; row += 1) {
    const share = shareBelow(isOf(row) ? others : own, at(probability, row));
    if (isOf(row)) sum += share;
    influence[row] = share;
  }
  const value = sum / own.length;
  for (let row = 0; row < size; row += 1)
    influence[row] = isOf(row)
      ? ((at(influence, row) - value) * size) / own.length
      : ((1 - at(influence, row) - value) * size) / others.length;
  const weight = (label: number): number => size / (label === index ? own.length : others.length);
  return {
    value,
    influence,
    least: (label) => -value * weight(label),
    most: (label) => (1 - value) * weight(label),
  };
}

function area(scores: ClassifierScores): Influenced | undefined {
  const { labels, classes, rows } = scores;
  const occurs = new Set(labels);
  // Of two classes each is as well told from the other as the other from it.
  const asked = classes === 2 ? [1] : [...occurs].sort((a, b) => a - b);
  if (!probabilityOf(scores, 0)) return undefined;
  if (occurs.size < 2) return { value: 0.5, influence: new Float64Array(rows), least: () => 0, most: () => 0 };
  const parts = asked.map((index) =>
    oneAgainstRest(labels, probabilityOf(scores, index) ?? new Float64Array(rows), index),
  );
  const influence = new Float64Array(rows);
  for (const part of parts)
    for (let row = 0; row < rows; row += 1) (influence[row] as number) += at(part.influence, row) / parts.length;
  const average = (of: (part: Influenced) => number): number =>
    parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
  return {
    value: average((part) => part.value),
    influence,
    least: (label) => average((part) => part.least(label)),
    most: (label) => average((part) => part.most(label)),
  };
}

/** A curve of two classes needs both. */
function rarest(scores: ClassifierScores): Rarest | undefined {
  const found = rarestClass(scores);
  return found && found.rows === scores.rows ? { name: `other than ${found.name}`, rows: 0 } : found;
}

/** The area under the ROC curve; of more than two classes, the mean over those that occur of each against the others. */
export const auc = setMetric("higher", area, rarest);
