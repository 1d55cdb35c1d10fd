import { type MetricName, metrics, readMetric } from "@ratchet/contracts";
import type { ClassifierScores, MetricOf, RegressionScores, Scores } from "../scores.ts";
import { accuracy } from "./accuracy.ts";
import { auc } from "./auc.ts";
import { balancedAccuracy } from "./balanced-accuracy.ts";
import { brier } from "./brier.ts";
import { calibrationError } from "./calibration-error.ts";
import { cost } from "./cost.ts";
import { f1 } from "./f1.ts";
import { logLoss } from "./log-loss.ts";
import { macroF1 } from "./macro-f1.ts";
import { mae } from "./mae.ts";
import type { BothWays, Metric, Pair, Parameters } from "./metric.ts";
import { quantileLoss } from "./quantile-loss.ts";
import { r2 } from "./r2.ts";
import { rmse } from "./rmse.ts";

/** Makes a metric of what stands in its brackets, and of what else the gate says. */
type Maker<Of extends Scores> = (of: string, parameters: Parameters) => Metric<Of> | undefined;

/** Every metric of a classifier. */
const ofClassifiers: { readonly [Name in MetricOf<"classification">]: Maker<ClassifierScores> } = {
  accuracy: () => accuracy,
  "balanced-accuracy": () => balancedAccuracy,
  "macro-f1": () => macroF1,
  f1(of, { classes = {} }) {
    const index = classes[of];
    return index === undefined ? undefined : f1(index, of);
  },
  auc: () => auc,
  "log-loss": () => logLoss,
  brier: () => brier,
  "calibration-error": () => calibrationError,
  cost: (_, { costs }) => costs && cost(costs),
};

/** Every metric of a regression. */
const ofRegressions: { readonly [Name in MetricOf<"regression">]: Maker<RegressionScores> } = {
  rmse: () => rmse,
  mae: () => mae,
  "quantile-loss": (of) => quantileLoss(Number(of)),
  r2: () => r2,
};

const classifierMetric = (text: string, parameters: Parameters): Metric<ClassifierScores> | undefined => {
  const { name, of = "" } = readMetric(text) ?? {};
  const makers: Readonly<Partial<Record<MetricName, Maker<ClassifierScores>>>> = ofClassifiers;
  return name && makers[name]?.(of, parameters);
};

const regressionMetric = (text: string, parameters: Parameters): Metric<RegressionScores> | undefined => {
  const { name, of = "" } = readMetric(text) ?? {};
  const makers: Readonly<Partial<Record<MetricName, Maker<RegressionScores>>>> = ofRegressions;
  return name && makers[name]?.(of, parameters);
};

/** A metric's value; undefined where the scores do not carry it. */
export const measure = (text: string, scores: Scores, parameters: Parameters = {}): number | undefined =>
  scores.task === "classification"
    ? classifierMetric(text, parameters)?.measure(scores)
    : regressionMetric(text, parameters)?.measure(scores);

/** What of a metric is compared, and how that differs from its value where it does. */
export function comparedAs(
  text: string,
  scores: Scores,
  parameters: Parameters = {},
): { readonly value: number | undefined; readonly note?: string } {
  const of = <Of extends Scores>(metric: Metric<Of> | undefined, own: Of) => {
    const { measure: measureIt, note } = metric?.comparedAs ?? {};
    return { value: (measureIt ?? metric?.measure)?.(own), ...(note === undefined ? {} : { note }) };
  };
  return scores.task === "classification"
    ? of(classifierMetric(text, parameters), scores)
    : of(regressionMetric(text, parameters), scores);
}

/** What the rows of two models say by a metric; undefined where their scores do not carry it. */
export function evidenceOf(
  text: string,
  { challenger, champion }: Pair,
  parameters: Parameters = {},
): BothWays | undefined {
  if (challenger.task === "classification" && champion.task === "classification")
    return classifierMetric(text, parameters)?.compare({ challenger, champion });
  if (challenger.task === "regression" && champion.task === "regression")
    return regressionMetric(text, parameters)?.compare({ challenger, champion });
  return undefined;
}

/** Whether more of a metric is better. */
export const betterBy = (text: string): "higher" | "lower" => metrics[readMetric(text)?.name ?? "accuracy"].better;

/** Every metric that the scores carry, by name: those that need nothing said, and those asked for. */
export function allMetrics(
  scores: Scores,
  asked: readonly string[] = [],
  parameters: Parameters = {},
): Readonly<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const text of new Set([...Object.keys(metrics), ...asked])) {
    const value = measure(text, scores, parameters);
    if (value !== undefined) values[text] = value;
  }
  return values;
}
