/** The metrics that the gate can weigh, and whether more of one is better. */
export const metrics = {
  accuracy: { task: "classification", better: "higher" },
  "macro-f1": { task: "classification", better: "higher" },
  "log-loss": { task: "classification", better: "lower" },
  "calibration-error": { task: "classification", better: "lower" },
  rmse: { task: "regression", better: "lower" },
  mae: { task: "regression", better: "lower" },
  r2: { task: "regression", better: "higher" },
} as const;

export type MetricName = keyof typeof metrics;

export const isMetricName = (name: string): name is MetricName => Object.hasOwn(metrics, name);

export const metricsFor = (task: "classification" | "regression"): readonly string[] =>
  Object.entries(metrics)
    .filter(([, metric]) => metric.task === task)
    .map(([name]) => name);
