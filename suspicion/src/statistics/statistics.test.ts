import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cell, sameDistribution, stabilityIndex } from "./cells.ts";
import { holm } from "./holm.ts";
import { inverse, product } from "./matrix.ts";
import { betaLower, gammaUpper, logGamma } from "./special.ts";
import { chiSquareTail, hypergeometricTail, hypergeometricTwoSided, studentLower } from "./tails.ts";

const near = (value: number, expected: number): void => {
  expect(Math.abs(value / expected - 1), `${value} is to be ${expected}`).toBeLessThan(1e-8);
};

describe("tails of distributions", () => {
  // By SciPy: stats.chi2.sf, stats.t.cdf, stats.hypergeom.sf(k - 1, …), special.gammaln.
  test.each([
    [3.84, 1, 0.05004352124870519],
    [0.5, 4, 0.9735009788392561],
    [18.3, 10, 0.050109061411462506],
    [200, 3, 4.218541107192018e-43],
    [90, 100, 0.7531979655998298],
    [1500, 1000, 1.0454640385980825e-22],
    [60, 1, 9.485737571073857e-15],
  ])("chi-square: P(X >= %d) with %d degrees", (x, degrees, expected) => near(chiSquareTail(x, degrees), expected));

  test.each([
    [-2.1, 5, 0.044876624942299395],
    [-6, 40, 2.3632275663940903e-7],
    [0.7, 3, 0.7328365008476182],
    [-12, 10000, 2.989889803905625e-33],
    [-30, 9, 1.2418523520791317e-10],
    [-1, 1, 0.25000000000000006],
  ])("Student: P(T <= %d) with %d degrees", (t, degrees, expected) => near(studentLower(t, degrees), expected));

  test.each([
    [5, 20, 7, 12, 0.39164086687306504],
    [12, 1000, 40, 100, 0.0002688377121373221],
    [1, 1000, 40, 100, 0.9864798525772636],
    [30, 1000000, 300, 10000, 1.2145406841956732e-20],
    [80, 400, 100, 110, 1.4276520874827725e-39],
    [3, 10100, 3, 100, 9.419463290900188e-7],
  ])("hypergeometric: P(X >= %d) of all %d, marked %d, drawn %d", (k, all, marked, drawn, expected) =>
    near(hypergeometricTail(k, all, marked, drawn), expected),
  );

  test("are 1 and 0 where nothing else can be", () => {
    expect(chiSquareTail(0, 3)).toBe(1);
    expect(hypergeometricTail(0, 10, 5, 5)).toBe(1);
    expect(hypergeometricTail(6, 10, 5, 5)).toBe(0);
    expect(hypergeometricTail(3, 10, 8, 5)).toBe(1);
    expect(hypergeometricTwoSided(2, 8, 4, 4)).toBe(1);
    expect(betaLower(2, 3, 0)).toBe(0);
    expect(betaLower(2, 3, 1)).toBe(1);
    expect(gammaUpper(2, -1)).toBe(1);
  });

  test("meet in the middle: both sides of a count are all there is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(40), fc.nat(40), fc.nat(40), (all, a, b, c) => {
        const [marked, drawn] = [a % (all + 1), b % (all + 1)];
        const k = c % (drawn + 1);
        // At least k of the marked, or at least drawn - k + 1 of the others.
        const both =
          hypergeometricTail(k, all, marked, drawn) + hypergeometricTail(drawn - k + 1, all, all - marked, drawn);
        expect(both).toBeCloseTo(1, 9);
      }),
    );
  });

  test("the logarithm of the gamma function is that of factorials", () => {
    near(logGamma(171), 706.5730622457875);
    near(logGamma(0.25), 1.2880225246980774);
  });
});

const cells = (...pairs: readonly (readonly [batch: number, before: number])[]): readonly Cell[] =>
  pairs.map(([batch, before], index) => ({ label: String(index), batch, before }));

describe("counts", () => {
  test("that differ by chance are likely, those that differ by more are not", () => {
    expect(sameDistribution(cells([25, 250], [30, 260], [45, 490]))).toBeGreaterThan(0.3);
    near(sameDistribution(cells([10, 400], [50, 300], [40, 300])), 1.297185656710521e-8);
    expect(sameDistribution(cells([100, 1000]))).toBe(1);
  });

  test.each([
    ["many more", 20],
    ["none", 0],
  ])("of few rows are not taken for less likely than they are, where %s came than expected", (_, observed) => {
    // Five are expected of 1,000 rows.
    const likely = sameDistribution(cells([observed, 500], [1000 - observed, 99_500]));
    const [all, marked] = [101_000, 500 + observed];
    expect(likely).toBeGreaterThan(
      observed > 5
        ? hypergeometricTail(observed, all, marked, 1000)
        : hypergeometricTail(1000 - observed, all, all - marked, 1000),
    );
  });

  test("have a stability index of nothing where shares are the same, whatever the size", () => {
    expect(stabilityIndex(cells([1000, 10_000], [3000, 30_000]))).toBeCloseTo(0, 5);
    // (0.8 - 0.5) ln(0.8 / 0.5) + (0.2 - 0.5) ln(0.2 / 0.5)
    expect(stabilityIndex(cells([8e6, 5e6], [2e6, 5e6]))).toBeCloseTo(0.41589, 4);
    expect(stabilityIndex(cells([100, 0], [0, 100]))).toBeGreaterThan(5);
  });
});

describe("correction", () => {
  test("multiplies each by how many are left, and keeps their order", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.5, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

test("an inverse times its matrix is one", () => {
  const matrix = [
    [4, 1, 0.5],
    [1, 3, -1],
    [0.5, -1, 2],
  ];
  const one = product(inverse(matrix), matrix);
  for (const [row, values] of one.entries())
    for (const [column, value] of values.entries()) expect(value).toBeCloseTo(row === column ? 1 : 0, 12);
});
