import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundaryOf, timeSample } from "./time-boundary.ts";

const share = (times: readonly number[], boundary: number | undefined): number =>
  boundary === undefined ? 0 : times.filter((time) => time >= boundary).length / times.length;

const boundaryIn = (times: readonly number[], holdout: number): number | undefined =>
  boundaryOf(Float64Array.from(times).sort(), holdout);

/** Numbers below 2^32 that look as if drawn by chance, and are the same each time. */
const byChance = (number: number): number => {
  const mixed = Math.imul(number ^ (number >>> 16), 0x45d9f3b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 0;
};

describe("the boundary in time", () => {
  test("has the share asked for at or after it, to the row, where no two rows are of one instant", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 200 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        (times, holdout) => {
          const judging = share(times, boundaryIn(times, holdout)) * times.length;
          expect(judging).toBeGreaterThan(0.5);
          expect(Math.abs(judging - Math.max(1, holdout * times.length))).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test.each([
    [[1, 1, 1, 1, 2], 0.2, 2],
    [[1, 1, 2, 2, 3, 3], 0.2, 3],
    [[1, 1, 1, 2, 2, 2, 3], 0.5, 2],
    // Two come as near: the later one.
    [[1, 1, 1, 2, 2, 3], 1 / 3, 3],
    // The oldest rows train, however few they are.
    [[1, 2, 2, 2, 2], 0.2, 2],
  ])("of %j with a holdout of %d is %d", (times, holdout, boundary) => {
    expect(boundaryIn(times, holdout)).toBe(boundary);
  });

  test.each([[[]], [[5]], [[5, 5, 5]]])("of %j is none: nothing judges", (times) => {
    expect(boundaryIn(times, 0.2)).toBeUndefined();
  });
});

describe("a sample of times", () => {
  const units = Array.from({ length: 20_000 }, (_, number) => ({
    high: byChance(number),
    low: byChance(number + 1e6),
    time: number,
  }));
  const times = units.map(({ time }) => time);

  const sampled = (size: number, rangeOf: (high: number) => number): Float64Array => {
    const sample = timeSample(size);
    const ranges = Map.groupBy(units, ({ high }) => rangeOf(high));
    for (const range of [...ranges.keys()].sort((a, b) => a - b)) if (!sample.add(ranges.get(range) ?? [])) break;
    return sample.times();
  };

  test("is of the size asked for, and the same whatever the ranges", () => {
    const sample = sampled(1000, () => 0);
    expect(sample).toHaveLength(1000);
    expect(sampled(1000, (high) => high >>> 22)).toEqual(sample);
    expect(sampled(1000, (high) => high >>> 29)).toEqual(sample);
  });

  test.each([0.05, 0.2, 0.5])("comes near the share of %d: within three of its standard errors", (holdout) => {
    const error = Math.sqrt((holdout * (1 - holdout)) / 2048);
    const found = share(
      times,
      boundaryOf(
        sampled(2048, () => 0),
        holdout,
      ),
    );
    expect(Math.abs(found - holdout)).toBeLessThan(3 * error);
    expect(found).not.toBe(holdout);
  });
});
