import type { Evidence } from "../methods/methods.ts";
import type { Pair, Parameters } from "../metrics/metric.ts";
import { evidenceOf } from "../metrics/metrics.ts";

/** What each row says of two models, before any method has read it. */
export interface RowsSaid {
  /** The improvement rises with the ratio of their sums. */
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
  /** The ratio of models of which neither is better. */
  readonly none: number;
}

/** One for each row where only their number is known; they differ in nothing else. */
function spread(values: Float64Array, counts: Float64Array, rows: number): RowsSaid {
  const numerators = new Float64Array(rows);
  let from = 0;
  for (const [at, value] of values.entries()) {
    const to = from + (counts[at] ?? 0);
    numerators.fill(value, from, to);
    from = to;
  }
  return { numerators, denominators: new Float64Array(rows).fill(1), none: 0 };
}

function read(evidence: Evidence): RowsSaid {
  switch (evidence.method) {
    case "mcnemar-exact": {
      const { gained, lost, rows } = evidence.discordance;
      return spread(Float64Array.of(-1, 0, 1), Float64Array.of(lost, rows - gained - lost, gained), rows);
    }
    case "gaffke": {
      const { values, counts, rows } = evidence.improvements;
      return spread(values, counts, rows);
    }
    case "subset-means-hall":
      return { ...evidence.rows, none: evidence.ratioOf(0) };
  }
}

/** What rows say by a metric, for methods that are not ours; undefined where the scores do not carry it. */
export function rowsSaid(metric: string, pair: Pair, parameters?: Parameters): RowsSaid | undefined {
  const evidence = evidenceOf(metric, pair, parameters)?.better;
  return evidence && read(evidence);
}
