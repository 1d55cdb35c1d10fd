import type { ClassifierScores } from "../scores.ts";

/** A classifier of two classes that has exactly the given rows right, as sure as said. */
export function classifier(right: readonly boolean[], sureness = 0.9): ClassifierScores {
  const labels = Int32Array.from(right, (_, row) => row % 2);
  return {
    task: "classification",
    rows: right.length,
    classes: 2,
    labels,
    predicted: labels.map((label, row) => (right[row] ? label : 1 - label)),
    probabilities: {
      ofLabel: Float64Array.from(right, (ok) => (ok ? sureness : 1 - sureness)),
      ofPredicted: Float64Array.from(right, () => sureness),
    },
  };
}

/** Right in all rows but the given ones. */
export const wrongIn = (rows: number, ...wrong: readonly (readonly [from: number, to: number])[]): readonly boolean[] =>
  Array.from({ length: rows }, (_, row) => !wrong.some(([from, to]) => row >= from && row < to));
