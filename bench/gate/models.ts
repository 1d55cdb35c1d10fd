import type { ClassifierScores, RegressionScores } from "@ratchet/gate";
import { type Draw, normal, type Pair } from "@ratchet/gate/testing";

/** How two made-up classifiers answer. */
export interface Classifiers {
  /** How often each class comes. */
  readonly shares: readonly number[];
  /** By how much a model's logit of the true class stands out, by that class. */
  readonly challenger: readonly number[];
  readonly champion: readonly number[];
  /** The share of their noise that both models have in common: their errors are the more alike. */
  readonly shared: number;
}

/** A label for each row. */
function labelsOf(draw: Draw, rows: number, shares: readonly number[]): Int32Array {
  const steps = 2 ** 24;
  return Int32Array.from({ length: rows }, () => {
    let left = draw(steps) / steps;
    for (const [index, share] of shares.entries()) {
      if (left < share) return index;
      left -= share;
    }
    return shares.length - 1;
  });
}

/** Room for what a classifier says of each row, and the writing of one row from its logits. */
function said(labels: Int32Array, classes: number) {
  const rows = labels.length;
  const probabilities = {
    ofLabel: new Float64Array(rows),
    ofPredicted: new Float64Array(rows),
    squares: new Float64Array(rows),
    ofEach: new Float32Array(rows * classes),
  };
  const predicted = new Int32Array(rows);
  return {
    scores: { task: "classification", rows, classes, labels, predicted, probabilities } satisfies ClassifierScores,
    write(row: number, logits: Float64Array): void {
      let total = 0;
      let best = 0;
      for (let index = 0; index < classes; index += 1) {
        total += Math.exp(logits[index] as number);
        if ((logits[index] as number) > (logits[best] as number)) best = index;
      }
      let squares = 0;
      for (let index = 0; index < classes; index += 1) {
        const probability = Math.exp(logits[index] as number) / total;
        probabilities.ofEach[row * classes + index] = probability;
        squares += probability ** 2;
      }
      predicted[row] = best;
      probabilities.ofLabel[row] = Math.exp(logits[labels[row] as number] as number) / total;
      probabilities.ofPredicted[row] = Math.exp(logits[best] as number) / total;
      probabilities.squares[row] = squares;
    },
  };
}

/** Two classifiers of the same rows, whose logits are the truth and noise. */
export function classifiers(draw: Draw, rows: number, models: Classifiers): Pair<ClassifierScores> {
  const classes = models.shares.length;
  const labels = labelsOf(draw, rows, models.shares);
  const [challenger, champion] = [said(labels, classes), said(labels, classes)];
  const [common, apart] = [Math.sqrt(models.shared), Math.sqrt(1 - models.shared)];
  const [own, other] = [new Float64Array(classes), new Float64Array(classes)];
  for (let row = 0; row < rows; row += 1) {
    const label = labels[row] as number;
    for (let index = 0; index < classes; index += 1) {
      const noise = common * normal(draw);
      own[index] = noise + apart * normal(draw) + (index === label ? (models.challenger[label] as number) : 0);
      other[index] = noise + apart * normal(draw) + (index === label ? (models.champion[label] as number) : 0);
    }
    challenger.write(row, own);
    champion.write(row, other);
  }
  return { challenger: challenger.scores, champion: champion.scores };
}

/** Two classifiers of two classes, by what either says of the label's class. */
export function bySureness(
  draw: Draw,
  rows: number,
  sureness: (row: number) => readonly [challenger: number, champion: number],
): Pair<ClassifierScores> {
  const labels = labelsOf(draw, rows, [0.5, 0.5]);
  const [challenger, champion] = [said(labels, 2), said(labels, 2)];
  const logitsOf = (label: number, probability: number): Float64Array => {
    const logits = new Float64Array(2);
    logits[label] = Math.log(probability);
    logits[1 - label] = Math.log(1 - probability);
    return logits;
  };
  for (let row = 0; row < rows; row += 1) {
    const [own, other] = sureness(row);
    challenger.write(row, logitsOf(labels[row] as number, own));
    champion.write(row, logitsOf(labels[row] as number, other));
  }
  return { challenger: challenger.scores, champion: champion.scores };
}

/** Two regressions of the same rows, by the errors of both in a row. */
export function regressions(
  draw: Draw,
  rows: number,
  errors: () => readonly [challenger: number, champion: number],
): Pair<RegressionScores> {
  const labels = Float64Array.from({ length: rows }, () => 3 * normal(draw));
  const [own, other] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row += 1) {
    const [challenger, champion] = errors();
    own[row] = (labels[row] as number) + challenger;
    other[row] = (labels[row] as number) + champion;
  }
  const predicting = (predicted: Float64Array): RegressionScores => ({ task: "regression", rows, labels, predicted });
  return { challenger: predicting(own), champion: predicting(other) };
}
