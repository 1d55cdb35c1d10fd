/** A sample of times of rows that count, for which it takes the first units in the order of their hashes. */
interface TimeSample {
  /** Takes the units of a range that follows those before, in any order. @returns whether more are wanted. */
  add(units: readonly SampledUnit[]): boolean;
  /** The times, ascending. */
  times(): Float64Array;
}

export interface SampledUnit {
  readonly high: number;
  readonly low: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * How many rows are looked at to find the boundary. Units are hashes, so the first of them are rows taken by chance: the
 * share of rows that judge then has a standard error of √(holdout · (1 - holdout) / 2^20), 0.05 percentage points at most.
 */
export const sampleSize = 2 ** 20;

/** Which units are in it depends on their hashes alone, not on the ranges in which they come. */
export function timeSample(size: number): TimeSample {
  const all = new Float64Array(size);
  let taken = 0;
  return {
    add(units) {
      const room = size - taken;
      const first =
        units.length <= room ? units : units.toSorted((a, b) => a.high - b.high || a.low - b.low).slice(0, room);
      for (const { time } of first) {
        all[taken] = time;
        taken += 1;
      }
      return taken < size;
    },
    times: () => all.slice(0, taken).sort(),
  };
}

/** Where a time, or a later one, first stands among ascending times. */
function firstFrom(times: Float64Array, time: number, orLater: (one: number, time: number) => boolean): number {
  let [low, end] = [0, times.length];
  while (low < end) {
    const middle = (low + end) >>> 1;
    if (orLater(times[middle] ?? 0, time)) end = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The time from which on rows judge, so that about the share `holdout` of them does: of the instants that there are, the one
 * that comes nearest, the later of two that come as near. All rows of one instant are on one side, so the share differs from
 * `holdout` by up to the share of the rows of one instant. Some rows always train, and some judge.
 * @param times of the rows, or of a sample of them, ascending.
 * @returns undefined where all rows are of one instant: nothing judges.
 */
export function boundaryOf(times: Float64Array, holdout: number): number | undefined {
  const wanted = times.length * holdout;
  const time = times[Math.min(times.length - 1, Math.floor(times.length - wanted))];
  if (time === undefined) return undefined;
  const earlier = firstFrom(times, time, (one, other) => one >= other);
  const later = firstFrom(times, time, (one, other) => one > other);
  const off = (from: number): number => Math.abs(times.length - from - wanted);
  const candidates = [later, earlier].filter((from) => from > 0 && from < times.length);
  const nearest = candidates.reduce<number | undefined>(
    (best, from) => (best === undefined || off(from) < off(best) ? from : best),
    undefined,
  );
  return nearest === undefined ? undefined : times[nearest];
}
