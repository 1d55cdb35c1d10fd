import { normalCdf, normalQuantile } from "./normal.ts";
import { type Draw, seededDraw } from "./random.ts";

/** A statistic that follows from sums over rows, e.g. a difference of accuracies from counts. */
export interface SumStatistic {
  readonly rows: number;
  /** How many sums there are. */
  readonly width: number;
  /** Calls `add` for every sum that a row contributes to. */
  contribute(row: number, add: (sum: number, value: number) => void): void;
  /** The statistic of such sums. */
  value(sums: Float64Array): number;
}

export interface Bounds {
  readonly estimate: number;
  /** One-sided bounds, each at alpha. */
  readonly lower: number;
  readonly upper: number;
}

/** Below this many rows a bootstrap promises more than it keeps. */
export const fewestRows = 30;
const resamples = 10_000;
/** More rows than this are put into this many random groups that are drawn whole: as good, and the work stays bounded. */
const mostGroups = 2_000;

/** The contributions of each group, one after the other. */
interface Groups {
  readonly count: number;
  readonly starts: Int32Array;
  readonly sums: Int32Array;
  readonly values: Float64Array;
}

function groupRows(statistic: SumStatistic, draw: Draw): Groups {
  const { rows, width } = statistic;
  const count = Math.min(rows, mostGroups);
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  if (rows > count)
    for (let last = rows - 1; last > 0; last -= 1) {
      const other = draw(last + 1);
      const kept = order[last] ?? 0;
      order[last] = order[other] ?? 0;
      order[other] = kept;
    }
  const starts = new Int32Array(count + 1);
  const sums: number[] = [];
  const values: number[] = [];
  const total = new Float64Array(width);
  const touched = new Set<number>();
  const add = (sum: number, value: number) => {
    total[sum] = (total[sum] ?? 0) + value;
    touched.add(sum);
  };
  for (let group = 0; group < count; group += 1) {
    for (let at = group; at < rows; at += count) statistic.contribute(order[at] ?? 0, add);
    for (const sum of touched) {
      sums.push(sum);
      values.push(total[sum] ?? 0);
      total[sum] = 0;
    }
    touched.clear();
    starts[group + 1] = sums.length;
  }
  return { count, starts, sums: Int32Array.from(sums), values: Float64Array.from(values) };
}

/** Adds a group's contributions `times` over. The hot loop: what is read is always within the arrays. */
function addGroup({ starts, sums, values }: Groups, group: number, target: Float64Array, times: number): void {
  const end = starts[group + 1] as number;
  for (let at = starts[group] as number; at < end; at += 1)
    (target[sums[at] as number] as number) += times * (values[at] as number);
}

/** Acceleration: how the statistic's spread changes with its value, from leaving out one group at a time. */
function acceleration(statistic: SumStatistic, groups: Groups, all: Float64Array): number {
  const without = Float64Array.from({ length: groups.count }, (_, group) => {
    const sums = all.slice();
    addGroup(groups, group, sums, -1);
    return statistic.value(sums);
  });
  const mean = without.reduce((sum, value) => sum + value, 0) / groups.count;
  let squares = 0;
  let cubes = 0;
  for (const value of without) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/**
 * Bias-corrected and accelerated bootstrap bounds of a statistic over rows, each one-sided at `alpha`. The same seed
 * gives the same bounds. Source: B. Efron, Better Bootstrap Confidence Intervals, JASA 82, 1987.
 * @param replications how many resamples; for tests only.
 */
export function bootstrapBounds(
  statistic: SumStatistic,
  alpha: number,
  seed: string,
  replications: number = resamples,
): Bounds {
  const draw = seededDraw(seed);
  const groups = groupRows(statistic, draw);
  const sums = new Float64Array(statistic.width);
  for (let group = 0; group < groups.count; group += 1) addGroup(groups, group, sums, 1);
  const estimate = statistic.value(sums);
  const accelerated = acceleration(statistic, groups, sums);

  const replicates = new Float64Array(replications);
  for (let replication = 0; replication < replications; replication += 1) {
    sums.fill(0);
    for (let drawn = 0; drawn < groups.count; drawn += 1) addGroup(groups, draw(groups.count), sums, 1);
    replicates[replication] = statistic.value(sums);
  }
  replicates.sort();

  let below = 0;
  for (const replicate of replicates) below += replicate < estimate ? 1 : replicate === estimate ? 0.5 : 0;
  const share = Math.min(Math.max(below / replications, 0.5 / replications), 1 - 0.5 / replications);
  const bias = normalQuantile(share);
  const at = (probability: number): number => {
    const shifted = bias + normalQuantile(probability);
    const level = normalCdf(bias + shifted / (1 - accelerated * shifted));
    // Rounded outwards, away from the estimate.
    const rank = level * (replications + 1);
    const index = probability < 0.5 ? Math.floor(rank) - 1 : Math.ceil(rank) - 1;
    return replicates[Math.min(Math.max(index, 0), replications - 1)] ?? estimate;
  };
  return { estimate, lower: at(alpha), upper: at(1 - alpha) };
}
