import type { CalibrationBin } from "@ratchet/contracts";
import type { ClassifierScores } from "../scores.ts";

const bins = 10;

/** How sure a classifier is of what it says, and how often it is right then; undefined where it gives labels only. */
export function calibrationOf({ labels, predicted, probabilities }: ClassifierScores): CalibrationBin[] | undefined {
  if (!probabilities) return undefined;
  const sums = Array.from({ length: bins }, () => ({ rows: 0, said: 0, right: 0 }));
  for (const [row, probability] of probabilities.ofPredicted.entries()) {
    const sum = sums[Math.min(bins - 1, Math.max(0, Math.floor(probability * bins)))];
    if (!sum) continue;
    sum.rows += 1;
    sum.said += probability;
    sum.right += labels[row] === predicted[row] ? 1 : 0;
  }
  return sums.flatMap(({ rows, said, right }, index) =>
    rows === 0 ? [] : [{ from: index / bins, to: (index + 1) / bins, rows, said: said / rows, right: right / rows }],
  );
}
