import { type Definition, isMetricName, type MetricName } from "@ratchet/contracts";

export interface Threshold {
  readonly metric: MetricName;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What a model's gate asks for, metrics by their names. Durations in milliseconds. */
export interface Policy {
  readonly metric: MetricName;
  readonly minRows: number;
  readonly minEffect: number;
  readonly confidence: number;
  readonly reuseBudget: number;
  readonly holdoutMaxAge: number;
  readonly cooldown: number;
  readonly thresholds: readonly Threshold[];
  readonly guardrails: readonly { readonly metric: MetricName; readonly margin: number }[];
  readonly slices: readonly { readonly column: string; readonly margin: number; readonly minRows: number }[];
  readonly triggerRequired: boolean;
}

function metricName(name: string): MetricName {
  // The definition was held to known metrics when it was applied.
  if (!isMetricName(name)) throw new RangeError(`unknown metric ${name}`);
  return name;
}

export function policyOf({ gate }: Pick<Definition, "gate">): Policy {
  const { minRows, minEffect, confidence, reuseBudget, holdoutMaxAge, cooldown, slices } = gate;
  return {
    metric: metricName(gate.metric),
    minRows,
    minEffect,
    confidence,
    reuseBudget,
    holdoutMaxAge,
    cooldown,
    thresholds: Object.entries(gate.thresholds).map(([metric, bound]) => ({ metric: metricName(metric), ...bound })),
    guardrails: gate.guardrails.map(({ metric, margin }) => ({ metric: metricName(metric), margin })),
    slices,
    triggerRequired: gate.triggerFile === "required",
  };
}

/** Every metric that the gate cannot do without. */
export const metricsNeeded = ({ metric, thresholds, guardrails }: Policy): readonly MetricName[] => [
  ...new Set([metric, ...thresholds.map((threshold) => threshold.metric), ...guardrails.map((rail) => rail.metric)]),
];
