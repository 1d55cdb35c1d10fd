import { deviationFor } from "../methods/methods.ts";
import type { Pair } from "../metrics/metric.ts";
import { evidenceOf } from "../metrics/metrics.ts";
import { normalQuantile } from "../statistics/normal.ts";
import type { Measure } from "./compare.ts";

/** How many rows would probably show an improvement that is there. */
export interface Enough {
  /** The improvement, in the metric's own unit. */
  readonly improvement: number;
  /** At least so many rows. */
  readonly rows: number;
}

/** How likely so many rows show it. */
const power = 0.8;

/**
 * How many rows at least would show an improvement of `asked + worth` to be more than `asked`, four times in five. It is asked of
 * an improvement that is named beforehand: by the one that was seen, the figure could be anything. What few rows say of how
 * much they differ is taken with its own uncertainty. Undefined where they say nothing.
 */
export function enoughRows(
  { metric, parameters }: Measure,
  pair: Pair,
  alpha: number,
  { asked, worth }: { readonly asked: number; readonly worth: number },
): Enough | undefined {
  const evidence = evidenceOf(metric, pair, parameters);
  if (!evidence || !(worth > 0)) return undefined;
  const { variance, kurtosis } = deviationFor(evidence.better);
  const cautious = variance * (1 + normalQuantile(power) * Math.sqrt((kurtosis - 1) / pair.challenger.rows));
  const rows = Math.ceil(((normalQuantile(1 - alpha) + normalQuantile(power)) ** 2 * cautious) / worth ** 2);
  return rows > 0 && Number.isSafeInteger(rows) ? { improvement: asked + worth, rows } : undefined;
}
