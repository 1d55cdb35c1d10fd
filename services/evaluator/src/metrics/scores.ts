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
