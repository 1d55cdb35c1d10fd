import type { Pair } from "../metrics/metric.ts";
import type { ClassifierScores, RegressionScores } from "../scores.ts";
import type { Draw } from "../statistics/random.ts";

const uniform = (draw: Draw): number => (draw(2 ** 30) + 0.5) / 2 ** 30;

/** A standard normal number. Source: G. Box and M. Muller, A note on the generation of random normal deviates, 1958. */
export const normal = (draw: Draw): number =>
  Math.sqrt(-2 * Math.log(uniform(draw))) * Math.cos(2 * Math.PI * uniform(draw));

/** Probabilities of all classes, the label's raised by so much before they are made to sum to 1. */
function classifierOf(draw: Draw, labels: Int32Array, classes: number, skill: number): ClassifierScores {
  const rows = labels.length;
  const ofEach = new Float32Array(rows * classes);
  const [ofLabel, ofPredicted, squares] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  const predicted = new Int32Array(rows);
  for (const [row, label] of labels.entries()) {
    const weights = Float64Array.from({ length: classes }, (_, index) =>
      Math.exp(normal(draw) + (index === label ? skill : 0)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const probabilities = weights.map((weight) => weight / total);
    const best = probabilities.indexOf(Math.max(...probabilities));
    ofEach.set(probabilities, row * classes);
    ofLabel[row] = probabilities[label] ?? 0;
    ofPredicted[row] = probabilities[best] ?? 0;
    squares[row] = probabilities.reduce((sum, p) => sum + p * p, 0);
    predicted[row] = best;
  }
  return {
    task: "classification",
    rows,
    classes,
    labels,
    predicted,
    probabilities: { ofLabel, ofPredicted, squares, ofEach },
  };
}

/** Two classifiers of the same rows, that know so much of the label each. */
export function classifiers(
  draw: Draw,
  rows: number,
  { classes = 3, challenger = 1, champion = 1 } = {},
): Pair<ClassifierScores> {
  const labels = Int32Array.from({ length: rows }, () => draw(classes));
  return {
    challenger: classifierOf(draw, labels, classes, challenger),
    champion: classifierOf(draw, labels, classes, champion),
  };
}

/** Two regressions of the same rows, whose errors are so large and partly the same. */
export function regressions(draw: Draw, rows: number, { challenger = 1, champion = 1 } = {}): Pair<RegressionScores> {
  const labels = Float64Array.from({ length: rows }, () => 3 * normal(draw));
  const shared = labels.map(() => normal(draw));
  const predictedWith = (size: number): RegressionScores => ({
    task: "regression",
    rows,
    labels,
    predicted: labels.map((label, row) => label + size * (0.7 * (shared[row] ?? 0) + 0.7 * normal(draw))),
  });
  return { challenger: predictedWith(challenger), champion: predictedWith(champion) };
}
