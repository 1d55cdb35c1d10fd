import type { ClassMeasures } from "@ratchet/contracts";
import type { ClassifierScores } from "../scores.ts";

/** Rows by what they are, then by what they are said to be. */
export function confusionOf({ classes, labels, predicted }: ClassifierScores): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [row, label] of labels.entries()) {
    const counts = matrix[label];
    const said = predicted[row] ?? -1;
    if (counts?.[said] !== undefined) counts[said] += 1;
  }
  return matrix;
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** How each class fares, by the matrix of its rows; a share of no rows is 0. */
export function classMeasuresOf(matrix: readonly (readonly number[])[]): readonly ClassMeasures[] {
  return matrix.map((counts, index) => {
    const right = counts[index] ?? 0;
    const said = matrix.reduce((sum, other) => sum + (other[index] ?? 0), 0);
    const precision = share(right, said);
    const recall = share(
      right,
      counts.reduce((sum, one) => sum + one, 0),
    );
    return { precision, recall, f1: share(2 * precision * recall, precision + recall) };
  });
}
