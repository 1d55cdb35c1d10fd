import type { MetricOf, RegressionScores } from "../scores.ts";
import type { SumStatistic } from "../statistics/bootstrap.ts";

const at = (values: Float64Array, index: number): number => values[index] ?? 0;

function meanError(
  { rows, labels, predicted }: RegressionScores,
  ofError: (error: number) => number,
  ofMean: (mean: number) => number,
): SumStatistic {
  return {
    rows,
    width: 2,
    contribute(row, add) {
      add(0, 1);
      add(1, ofError(at(predicted, row) - at(labels, row)));
    },
    value: (sums) => (at(sums, 0) === 0 ? 0 : ofMean(at(sums, 1) / at(sums, 0))),
  };
}

/** 1 - residual / total sum of squares; 0 where the labels do not vary. */
function r2({ rows, labels, predicted }: RegressionScores): SumStatistic {
  // Around a fixed origin near the mean: sums of squares of large labels would cancel badly.
  const origin = labels.reduce((sum, label) => sum + label, 0) / Math.max(rows, 1);
  return {
    rows,
    width: 4,
    contribute(row, add) {
      const label = at(labels, row) - origin;
      add(0, 1);
      add(1, (at(predicted, row) - at(labels, row)) ** 2);
      add(2, label);
      add(3, label * label);
    },
    value(sums) {
      const total = at(sums, 3) - at(sums, 2) ** 2 / Math.max(at(sums, 0), 1);
      return total > 0 ? 1 - at(sums, 1) / total : 0;
    },
  };
}

/** Every metric of a regression. */
export const regressionMetrics: {
  readonly [Name in MetricOf<"regression">]: (scores: RegressionScores) => SumStatistic;
} = {
  rmse: (scores) => meanError(scores, (error) => error * error, Math.sqrt),
  mae: (scores) => meanError(scores, Math.abs, (mean) => mean),
  r2,
};
