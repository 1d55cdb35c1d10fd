import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normal } from "../testing/pairs.ts";
import { gaffkeLower, gaffkeP, tally } from "./gaffke.ts";
import { mcnemarP } from "./mcnemar.ts";
import { seededDraw } from "./random.ts";

const rows = (...parts: readonly (readonly [value: number, count: number])[]) =>
  tally(Float64Array.from(parts.flatMap(([value, count]) => new Array<number>(count).fill(value))));

describe("the test of a bounded mean", () => {
  test("is Clopper and Pearson's bound for a proportion", () => {
    // 10 of 15, one-sided 97.5 %: 0.3838. C. Clopper and E. Pearson, Biometrika 26, 1934, as tabled ever since.
    expect(gaffkeLower(rows([0, 5], [1, 10]), 0, 0.025) / 0.3838).toBeCloseTo(1, 2);
    // n of n has the closed form alpha^(1/n).
    expect(gaffkeLower(rows([1, 12]), 0, 0.05) / 0.05 ** (1 / 12)).toBeCloseTo(1, 2);
  });

  test("is McNemar's exact test for what is won and lost, to 8 %", () => {
    for (const [gained, lost] of [
      [5, 0],
      [9, 0],
      [12, 2],
      [40, 15],
      [200, 140],
    ] as const) {
      const near = gaffkeP(rows([-1, lost], [0, 1_000], [1, gained]), -1, 0);
      expect(near / mcnemarP({ gained, lost, rows: 1_000 + gained + lost })).toBeCloseTo(1, 1);
    }
  });

  test("agrees with drawing what it is the probability of", () => {
    const draw = seededDraw("exponential");
    const exponential = (): number => -Math.log((draw(2 ** 30) + 0.5) / 2 ** 30);
    const values = Array.from({ length: 60 }, () => 0.3 + normal(draw));
    const trials = 40_000;
    let below = 0;
    for (let trial = 0; trial < trials; trial += 1)
      if (values.reduce((sum, value) => sum + exponential() * value, -4 * exponential()) <= 0) below += 1;
    expect(gaffkeP(tally(Float64Array.from(values)), -4, 0) / (below / trials)).toBeCloseTo(1, 1);
  });

  test("says nothing of rows that all say nothing, and everything of what cannot be", () => {
    expect(gaffkeP(rows([0, 50]), -1, 0)).toBe(1);
    expect(gaffkeP(rows([0.5, 50]), -1, -1)).toBe(0);
    expect(gaffkeP(rows([-0.5, 10], [0.4, 10]), -1, 0)).toBe(0.5);
  });

  const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 60 });

  test("has a bound that is the effect just refuted, and below the mean", () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0.05, 0.0025), (some, alpha) => {
        const tallied = tally(Float64Array.from(some));
        const bound = gaffkeLower(tallied, -1, alpha);
        expect(bound).toBeGreaterThanOrEqual(-1);
        expect(bound).toBeLessThanOrEqual(tallied.mean + 1e-9);
        expect(gaffkeP(tallied, -1, bound)).toBeLessThanOrEqual(alpha * 1.001);
      }),
    );
  });

  test("does not depend on the order of rows, and rises with each of them", () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.double({ min: 0, max: 0.5, noNaN: true }), (some, place, more) => {
        const bound = gaffkeLower(tally(Float64Array.from(some)), -1, 0.05);
        expect(gaffkeLower(tally(Float64Array.from([...some].reverse())), -1, 0.05)).toBe(bound);
        const better = some.map((value, row) => (row === place % some.length ? value + more : value));
        expect(gaffkeLower(tally(Float64Array.from(better)), -1, 0.05)).toBeGreaterThanOrEqual(bound - 1e-6);
      }),
    );
  });

  test("does not take harm for absent that is too rare to be seen", () => {
    // Much worse in 1 of 100 rows and a little better in the others: equal, and in 100 rows often not seen to be.
    const draw = seededDraw("rare");
    const trials = 400;
    let [found, unaware] = [0, 0];
    for (let trial = 0; trial < trials; trial += 1) {
      const seen = tally(
        Float64Array.from({ length: 100 }, () => (draw(100) === 0 ? -0.8 : 0.8 / 99 + 0.002 * normal(draw))),
      );
      if (gaffkeP(seen, -1, 0) <= 0.0025) found += 1;
      if (gaffkeP(seen, -Math.max(...seen.values.map(Math.abs)), 0) <= 0.0025) unaware += 1;
    }
    expect(found).toBe(0);
    expect(unaware / trials).toBeGreaterThan(0.1);
  });
});
