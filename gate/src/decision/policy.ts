import {
  type CostLimit,
  classesOf,
  type Definition,
  expandColumns,
  type LimitName,
  readMetric,
  type SliceDemand,
} from "@ratchet/contracts";
import type { Parameters } from "../metrics/metric.ts";

export interface Threshold {
  readonly metric: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What is asked of the slices by a column's values. */
export interface SlicePolicy {
  readonly column: string;
  /** In the metric's own unit. */
  readonly margin: number;
  readonly minRows: number;
  readonly demand: SliceDemand;
}

/** What a gate asks of scores, metrics by their names. */
export interface ScorePolicy {
  readonly metric: string;
  readonly minRows: number;
  readonly minEffect: number;
  /** An improvement beyond `minEffect` that should not be missed; undefined where the definition does not say. */
  readonly worth?: number | undefined;
  readonly confidence: number;
  readonly reuseBudget: number;
  /** Set where those who train are told the decision alone. */
  readonly reveal?: "decision" | undefined;
  readonly thresholds: readonly Threshold[];
  readonly guardrails: readonly { readonly metric: string; readonly margin: number }[];
  readonly slices: readonly SlicePolicy[];
  /** The columns by which slices are looked for that come off worst; undefined where none are. */
  readonly autoSlices?: readonly string[] | undefined;
  /** What metrics need beside scores; undefined where those that are named need nothing. */
  readonly parameters?: Parameters | undefined;
  /** What a challenger may cost; undefined where nothing is limited. */
  readonly limits?: Limits | undefined;
}

/** What a challenger may cost beside its quality. */
type Limits = { readonly [Name in LimitName]?: CostLimit | undefined };

/** Whether a column has so few values that each may be a slice. */
const isSliceable = ({ type }: { readonly type: string }): boolean => type === "category" || type === "boolean";

function parametersOf({ gate, data }: Pick<Definition, "gate" | "data">): Parameters | undefined {
  const label = expandColumns(data.schema).find(({ name }) => name === data.label);
  const classes = (label && classesOf(label)) ?? [];
  const named = [gate.metric, ...Object.keys(gate.thresholds), ...gate.guardrails.map(({ metric }) => metric)];
  const alone = named.flatMap((metric) => {
    const { name, of } = readMetric(metric) ?? {};
    return name === "f1" && of !== undefined ? [[of, classes.indexOf(of)] as const] : [];
  });
  const { costs } = gate;
  if (alone.length === 0 && costs === undefined) return undefined;
  return {
    ...(alone.length === 0 ? {} : { classes: Object.fromEntries(alone) }),
    ...(costs === undefined
      ? {}
      : { costs: classes.map((actual) => classes.map((said) => costs[actual]?.[said] ?? (actual === said ? 0 : 1))) }),
  };
}

/** What a definition's gate asks of scores. */
export function scorePolicyOf({ gate, data }: Pick<Definition, "gate" | "data">): ScorePolicy {
  const { metric, minRows, minEffect, worth, confidence, reuseBudget, reveal, guardrails, slices, limits } = gate;
  const parameters = parametersOf({ gate, data });
  const found = expandColumns(data.schema).filter(isSliceable);
  return {
    metric,
    minRows,
    minEffect,
    ...(worth === undefined ? {} : { worth }),
    confidence,
    reuseBudget,
    ...(reveal === "decision" ? { reveal } : {}),
    thresholds: Object.entries(gate.thresholds).map(([name, bound]) => ({ metric: name, ...bound })),
    guardrails,
    slices: slices.columns,
    ...(slices.auto ? { autoSlices: found.map(({ name }) => name) } : {}),
    ...(parameters ? { parameters } : {}),
    ...(Object.values(limits).some((limit) => limit !== undefined) ? { limits } : {}),
  };
}

/** Every metric that the gate cannot do without. */
export const metricsNeeded = ({ metric, thresholds, guardrails }: ScorePolicy): readonly string[] => [
  ...new Set([metric, ...thresholds.map((threshold) => threshold.metric), ...guardrails.map((rail) => rail.metric)]),
];

/** Every column by whose values rows are looked at apart. */
export const sliceColumns = ({ slices, autoSlices = [] }: ScorePolicy): readonly string[] => [
  ...new Set([...slices.map(({ column }) => column), ...autoSlices]),
];
