import { type MetricName, metrics } from "@ratchet/contracts";
import type { ClassifierScores, RegressionScores, Scores } from "../scores.ts";
import type { SumStatistic } from "../statistics/bootstrap.ts";
import { classifierMetrics } from "./classification.ts";
import { regressionMetrics } from "./regression.ts";

/** What gives a metric from scores of a task; the other task's metrics are none of it. */
type MetricTable<Of> = Readonly<Partial<Record<MetricName, (scores: Of) => SumStatistic | undefined>>>;

const ofClassifiers: MetricTable<ClassifierScores> = classifierMetrics;
const ofRegressions: MetricTable<RegressionScores> = regressionMetrics;

/** A metric of one model's scores, as sums over rows; undefined where the scores do not carry it. */
export const metricOf = (name: MetricName, scores: Scores): SumStatistic | undefined =>
  scores.task === "classification" ? ofClassifiers[name]?.(scores) : ofRegressions[name]?.(scores);

/** A metric's value over all rows. */
export function measure(statistic: SumStatistic): number {
  const sums = new Float64Array(statistic.width);
  const add = (sum: number, value: number) => {
    sums[sum] = (sums[sum] ?? 0) + value;
  };
  for (let row = 0; row < statistic.rows; row += 1) statistic.contribute(row, add);
  return statistic.value(sums);
}

/** Every metric that the scores carry, by name. */
export function allMetrics(scores: Scores): Readonly<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const name of Object.keys(metrics) as MetricName[]) {
    const statistic = metricOf(name, scores);
    if (statistic) values[name] = measure(statistic);
  }
  return values;
}

/** How much better the challenger is than the champion by a metric: positive where better. */
export function improvementOf(name: MetricName, challenger: SumStatistic, champion: SumStatistic): SumStatistic {
  const { width } = challenger;
  const sign = metrics[name].better === "higher" ? 1 : -1;
  return {
    rows: challenger.rows,
    width: 2 * width,
    contribute(row, add) {
      challenger.contribute(row, add);
      champion.contribute(row, (sum, value) => add(width + sum, value));
    },
    value: (sums) => sign * (challenger.value(sums.subarray(0, width)) - champion.value(sums.subarray(width))),
  };
}
