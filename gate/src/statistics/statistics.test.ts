import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binomialUpperTail, clopperPearsonLower } from "./binomial.ts";
import { bootstrapBounds, type SumStatistic } from "./bootstrap.ts";
import { accuracyLowerBound, mcnemarP, scoreLower } from "./mcnemar.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { seededDraw } from "./random.ts";

const mean = (values: readonly number[]): SumStatistic => ({
  rows: values.length,
  width: 2,
  contribute(row, add) {
    add(0, 1);
    add(1, values[row] ?? 0);
  },
  value: (sums) => (sums[1] ?? 0) / (sums[0] ?? 1),
});

describe("the normal distribution", () => {
  test("has the quantiles that tables give", () => {
    // Wichura 1988 gives the first three with AS 241.
    expect(normalQuantile(0.25)).toBeCloseTo(-0.6744897501960817, 14);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167814, 14);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14);
    expect(normalCdf(-8) / 6.220960574271785e-16).toBeCloseTo(1, 7);
  });
});

describe("exact binomial statistics", () => {
  test("agree with published values", () => {
    // 7 of 8 discordant pairs one way: airway reactivity before and after transplantation, Fagerland et al. 2014,
    // exact conditional McNemar p = 0.0703 two-sided.
    expect(2 * mcnemarP({ gained: 7, lost: 1, rows: 21 })).toBeCloseTo(0.0703, 4);
    expect(binomialUpperTail(8, 10, 0.5)).toBeCloseTo(56 / 1024, 14);
    // Clopper-Pearson for 10 of 15, one-sided 97.5 %: 0.3838.
    expect(clopperPearsonLower(10, 15, 0.025)).toBeCloseTo(0.3838, 4);
    // n of n has the closed form alpha^(1/n).
    expect(clopperPearsonLower(12, 12, 0.05)).toBeCloseTo(0.05 ** (1 / 12), 12);
  });
});

describe("the bound of a difference in accuracy", () => {
  test("by the score test agrees with published intervals", () => {
    // Tango's interval for airway reactivity in Fagerland et al. 2014: -0.517 to -0.026.
    expect(scoreLower({ gained: 1, lost: 7, rows: 21 }, 0.025)).toBeCloseTo(-0.517, 3);
    expect(-scoreLower({ gained: 7, lost: 1, rows: 21 }, 0.025)).toBeCloseTo(-0.026, 3);
  });

  test("is above 0 just where the exact McNemar test rejects", () => {
    for (const alpha of [0.05, 0.0025])
      for (let gained = 0; gained <= 24; gained += 1)
        for (let lost = 0; gained + lost <= 24; lost += 1) {
          const discordance = { gained, lost, rows: 2_000 };
          expect(accuracyLowerBound(discordance, alpha) > 0).toBe(mcnemarP(discordance) < alpha);
        }
  });

  test("is never above the difference itself, and rises with every row gained", () => {
    fc.assert(
      fc.property(fc.nat(24), fc.nat(24), fc.nat(2_000), fc.constantFrom(0.05, 0.0025), (gained, lost, same, alpha) => {
        const rows = gained + lost + same + 1;
        const bound = accuracyLowerBound({ gained, lost, rows }, alpha);
        expect(bound).toBeLessThanOrEqual((gained - lost) / rows + 1e-12);
        expect(accuracyLowerBound({ gained: gained + 1, lost, rows }, alpha)).toBeGreaterThanOrEqual(bound - 1e-12);
      }),
    );
  });

  test("admits a model that is worse by the margin about as often as alpha says, not more", () => {
    // 200 rows, 2 points worse, a margin of 2 points: the conditional bound alone would admit it 43 times in 100.
    const draw = seededDraw("non-inferiority");
    const trials = 2_000;
    let admitted = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      let lost = 0;
      for (let row = 0; row < 200; row += 1) if (draw(100) < 2) lost += 1;
      if (accuracyLowerBound({ gained: 0, lost, rows: 200 }, 0.05) >= -0.02) admitted += 1;
    }
    expect(admitted / trials).toBeLessThan(0.1);
  });
});

describe("the bootstrap", () => {
  const draw = seededDraw("data");
  const normalish = (n: number) => Array.from({ length: n }, () => normalQuantile((draw(1_000_000) + 0.5) / 1_000_000));

  test("gives the same bounds for the same seed, and others for another", () => {
    const statistic = mean(normalish(60));
    expect(bootstrapBounds(statistic, 0.05, "a")).toEqual(bootstrapBounds(statistic, 0.05, "a"));
    expect(bootstrapBounds(statistic, 0.05, "a")).not.toEqual(bootstrapBounds(statistic, 0.05, "b"));
  });

  test("of a mean comes near the normal bound", () => {
    const values = normalish(400);
    const { estimate, lower, upper } = bootstrapBounds(mean(values), 0.05, "seed");
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - estimate) ** 2, 0)) / values.length;
    expect(lower).toBeCloseTo(estimate - 1.645 * spread, 1);
    expect(upper).toBeCloseTo(estimate + 1.645 * spread, 1);
    expect((upper - lower) / (2 * 1.645 * spread)).toBeCloseTo(1, 1);
  });

  test("agrees with the BCa interval published for the law school data", () => {
    // Efron and Tibshirani, An Introduction to the Bootstrap, 1993: the correlation of 15 schools' LSAT and GPA is
    // 0.776; its BCa interval with 5 % in each tail is about (.43, .93).
    const lsat = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594];
    const gpa = [3.39, 3.3, 2.81, 3.03, 3.44, 3.07, 3.0, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96];
    const correlation: SumStatistic = {
      rows: 15,
      width: 6,
      contribute(row, add) {
        const x = (lsat[row] ?? 0) - 600;
        const y = (gpa[row] ?? 0) - 3;
        for (const [sum, value] of [1, x, y, x * x, y * y, x * y].entries()) add(sum, value);
      },
      value: ([n = 1, x = 0, y = 0, xx = 0, yy = 0, xy = 0]) =>
        (xy - (x * y) / n) / Math.sqrt((xx - (x * x) / n) * (yy - (y * y) / n)),
    };
    const { estimate, lower, upper } = bootstrapBounds(correlation, 0.05, "law school");
    expect(estimate).toBeCloseTo(0.776, 3);
    expect(lower).toBeGreaterThan(0.39);
    expect(lower).toBeLessThan(0.47);
    expect(upper).toBeGreaterThan(0.91);
    expect(upper).toBeLessThan(0.95);
  });

  test("does not depend on the order in which rows come, beyond chance", () => {
    const values = normalish(300);
    const forward = bootstrapBounds(mean(values), 0.05, "seed");
    const backward = bootstrapBounds(mean([...values].reverse()), 0.05, "seed");
    expect(Math.abs(forward.lower - backward.lower)).toBeLessThan(0.01);
  });

  test("moves with what it measures: adding a constant to every row adds it to the bounds", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 30, maxLength: 60 }),
        fc.integer({ min: -50, max: 50 }),
        (values, constant) => {
          const plain = bootstrapBounds(mean(values), 0.05, "seed", 500);
          const moved = bootstrapBounds(mean(values.map((value) => value + constant)), 0.05, "seed", 500);
          expect(moved.lower).toBeCloseTo(plain.lower + constant, 6);
          expect(moved.upper).toBeCloseTo(plain.upper + constant, 6);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("of rows put into groups keeps the spread of the rows", () => {
    const values = normalish(20_000);
    const { estimate, lower, upper } = bootstrapBounds(mean(values), 0.05, "seed", 4_000);
    const width = (2 * 1.645) / Math.sqrt(20_000);
    expect((upper - lower) / width).toBeCloseTo(1, 1);
    expect(lower).toBeLessThan(estimate);
  });

  test("covers a skewed mean about as often as it says", () => {
    const source = seededDraw("coverage");
    const trials = 400;
    let missed = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const values = Array.from({ length: 80 }, () => -Math.log((source(1_000_000) + 0.5) / 1_000_000));
      if (bootstrapBounds(mean(values), 0.05, `trial ${trial}`, 1_000).lower > 1) missed += 1;
    }
    expect(missed / trials).toBeLessThan(0.08);
    expect(missed / trials).toBeGreaterThan(0.02);
  });
});
