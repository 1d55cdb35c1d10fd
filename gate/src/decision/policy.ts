import { type Definition, isMetricName, type MetricName } from "@ratchet/contracts";

export interface Threshold {
  readonly metric: MetricName;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What a gate asks of scores, metrics by their names. */
export interface ScorePolicy {
  readonly metric: MetricName;
  readonly minRows: number;
  readonly minEffect: number;
  readonly confidence: number;
  readonly reuseBudget: number;
  readonly thresholds: readonly Threshold[];
  readonly guardrails: readonly { readonly metric: MetricName; readonly margin: number }[];
  readonly slices: readonly { readonly column: string; readonly margin: number; readonly minRows: number }[];
}

function metricName(name: string): MetricName {
  // The definition was held to known metrics when it was applied.
  if (!isMetricName(name)) throw new RangeError(`unknown metric ${name}`);
  return name;
}

/** What a definition's gate asks of scores. */
export function scorePolicyOf({ gate }: Pick<Definition, "gate">): ScorePolicy {
  const { minRows, minEffect, confidence, reuseBudget, slices } = gate;
  return {
    metric: metricName(gate.metric),
    minRows,
    minEffect,
    confidence,
    reuseBudget,
    thresholds: Object.entries(gate.thresholds).map(([metric, bound]) => ({ metric: metricName(metric), ...bound })),
    guardrails: gate.guardrails.map(({ metric, margin }) => ({ metric: metricName(metric), margin })),
    slices,
  };
}

/** Every metric that the gate cannot do without. */
export const metricsNeeded = ({ metric, thresholds, guardrails }: ScorePolicy): readonly MetricName[] => [
  ...new Set([metric, ...thresholds.map((threshold) => threshold.metric), ...guardrails.map((rail) => rail.metric)]),
];
