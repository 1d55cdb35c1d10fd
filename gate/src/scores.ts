import type { MetricName, metrics } from "@ratchet/contracts";

/** What a classifier said of each row, as far as metrics need it. */
export interface ClassifierScores {
  readonly task: "classification";
  readonly rows: number;
  readonly classes: number;
  /** The class index of each row. */
  readonly labels: Int32Array;
  /** The class that the model holds likeliest. */
  readonly predicted: Int32Array;
  /** The probabilities of the label and of the predicted class; undefined for a model that gives labels only. */
  readonly probabilities: { readonly ofLabel: Float64Array; readonly ofPredicted: Float64Array } | undefined;
}

/** What a regression said of each row. */
export interface RegressionScores {
  readonly task: "regression";
  readonly rows: number;
  readonly labels: Float64Array;
  readonly predicted: Float64Array;
}

export type Scores = ClassifierScores | RegressionScores;

/** The metrics that such scores are measured by. */
export type MetricOf<Task extends Scores["task"]> = {
  [Name in MetricName]: (typeof metrics)[Name]["task"] extends Task ? Name : never;
}[MetricName];

const pick = (values: Float64Array, rows: Int32Array): Float64Array =>
  Float64Array.from(rows, (row) => values[row] ?? Number.NaN);

/** The scores of some rows, in their order. */
export function selectRows(scores: Scores, rows: Int32Array): Scores {
  if (scores.task === "regression")
    return {
      task: "regression",
      rows: rows.length,
      labels: pick(scores.labels, rows),
      predicted: pick(scores.predicted, rows),
    };
  const { classes, labels, predicted, probabilities } = scores;
  return {
    task: "classification",
    rows: rows.length,
    classes,
    labels: rows.map((row) => labels[row] ?? -1),
    predicted: rows.map((row) => predicted[row] ?? -1),
    probabilities: probabilities && {
      ofLabel: pick(probabilities.ofLabel, rows),
      ofPredicted: pick(probabilities.ofPredicted, rows),
    },
  };
}
