import type { ClassifierScores, MetricOf } from "../scores.ts";
import type { SumStatistic } from "../statistics/bootstrap.ts";

type Probabilities = NonNullable<ClassifierScores["probabilities"]>;

const at = (values: Float64Array | Int32Array, index: number): number => values[index] ?? 0;
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function accuracy({ rows, labels, predicted }: ClassifierScores): SumStatistic {
  return {
    rows,
    width: 2,
    contribute(row, add) {
      add(0, 1);
      if (labels[row] === predicted[row]) add(1, 1);
    },
    value: (sums) => ratio(at(sums, 1), at(sums, 0)),
  };
}

/**
 * F1 averaged over the classes that occur, as label or as prediction; each class by 2 TP / (labelled + predicted).
 */
function macroF1({ rows, classes, labels, predicted }: ClassifierScores): SumStatistic {
  return {
    rows,
    width: 2 * classes,
    contribute(row, add) {
      const label = at(labels, row);
      const prediction = at(predicted, row);
      add(classes + label, 1);
      add(classes + prediction, 1);
      if (label === prediction) add(label, 1);
    },
    value(sums) {
      let total = 0;
      let present = 0;
      for (let index = 0; index < classes; index += 1) {
        const seen = at(sums, classes + index);
        if (seen > 0) present += 1;
        total += ratio(2 * at(sums, index), seen);
      }
      return ratio(total, present);
    },
  };
}

/** A model that is quite sure and wrong is charged for a probability of this much, not for none. */
const leastProbability = 1e-15;

/** Mean of -ln p(label). */
function logLoss({ rows }: ClassifierScores, { ofLabel }: Probabilities): SumStatistic {
  return {
    rows,
    width: 2,
    contribute(row, add) {
      add(0, 1);
      add(1, -Math.log(Math.max(at(ofLabel, row), leastProbability)));
    },
    value: (sums) => ratio(at(sums, 1), at(sums, 0)),
  };
}

const bins = 15;

/**
 * Expected calibration error over 15 equal bins of confidence: the mean distance between confidence and accuracy.
 * Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
 */
function calibrationError({ rows, labels, predicted }: ClassifierScores, { ofPredicted }: Probabilities): SumStatistic {
  return {
    rows,
    width: 1 + bins,
    contribute(row, add) {
      const confidence = at(ofPredicted, row);
      // (0, 1/15], (1/15, 2/15], … as in the paper.
      const bin = Math.min(Math.max(Math.ceil(confidence * bins) - 1, 0), bins - 1);
      add(0, 1);
      add(1 + bin, confidence - (labels[row] === predicted[row] ? 1 : 0));
    },
    value(sums) {
      let error = 0;
      for (let bin = 1; bin <= bins; bin += 1) error += Math.abs(at(sums, bin));
      return ratio(error, at(sums, 0));
    },
  };
}

/** A metric that only a model with probabilities has. */
const ofProbabilities =
  (metric: (scores: ClassifierScores, probabilities: Probabilities) => SumStatistic) =>
  (scores: ClassifierScores): SumStatistic | undefined =>
    scores.probabilities && metric(scores, scores.probabilities);

/** Every metric of a classifier; undefined where it needs probabilities and the model gives none. */
export const classifierMetrics: {
  readonly [Name in MetricOf<"classification">]: (scores: ClassifierScores) => SumStatistic | undefined;
} = {
  accuracy,
  "macro-f1": macroF1,
  "log-loss": ofProbabilities(logLoss),
  "calibration-error": ofProbabilities(calibrationError),
};
