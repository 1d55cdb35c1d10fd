/** The metrics that the gate can weigh, whether more of one is better, and what some of them are of. */
export const metrics = {
  accuracy: { task: "classification", better: "higher" },
  "balanced-accuracy": { task: "classification", better: "higher" },
  "macro-f1": { task: "classification", better: "higher" },
  f1: { task: "classification", better: "higher", of: "class" },
  auc: { task: "classification", better: "higher" },
  "log-loss": { task: "classification", better: "lower" },
  brier: { task: "classification", better: "lower" },
  "calibration-error": { task: "classification", better: "lower" },
  cost: { task: "classification", better: "lower" },
  rmse: { task: "regression", better: "lower" },
  mae: { task: "regression", better: "lower" },
  "quantile-loss": { task: "regression", better: "lower", of: "quantile" },
  r2: { task: "regression", better: "higher" },
} as const satisfies Record<string, MetricWord>;

interface MetricWord {
  readonly task: "classification" | "regression";
  readonly better: "higher" | "lower";
  /** What has to stand in brackets after its name. */
  readonly of?: "class" | "quantile";
}

export type MetricName = keyof typeof metrics;

const isMetricName = (name: string): name is MetricName => Object.hasOwn(metrics, name);

/** A metric as it is named in a definition: `accuracy`, `f1(spam)`, `quantile-loss(0.9)`. */
export interface NamedMetric {
  readonly name: MetricName;
  /** What stands in the brackets. */
  readonly of?: string | undefined;
}

/** Reads a metric's name; undefined where there is none such, or what it is of is missing or too much. */
export function readMetric(text: string): NamedMetric | undefined {
  const [, name = "", of] = /^([a-z0-9-]+)(?:\((.+)\))?$/.exec(text) ?? [];
  if (!isMetricName(name)) return undefined;
  const word: MetricWord = metrics[name];
  return (of === undefined) === (word.of === undefined) ? { name, of } : undefined;
}

/** The metrics of a task as they are to be named. */
export const metricsFor = (task: "classification" | "regression"): readonly string[] =>
  Object.entries<MetricWord>(metrics)
    .filter(([, metric]) => metric.task === task)
    .map(([name, { of }]) => (of === undefined ? name : `${name}(<${of}>)`));
