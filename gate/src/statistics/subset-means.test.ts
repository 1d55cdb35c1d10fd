import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normal } from "../testing/pairs.ts";
import { seededDraw } from "./random.ts";
import { subsetLower, subsetP, subsetRatios, subsetsFor } from "./subset-means.ts";

const means = (values: readonly number[], subsets = 9_999, seed = "seed") =>
  subsetRatios(
    { numerators: Float64Array.from(values), denominators: new Float64Array(values.length).fill(1) },
    subsets,
    seed,
  );

/** Darwin's pairs of cross- and self-fertilised maize, differences in eighths of an inch. */
const darwin = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

describe("means of random subsets", () => {
  test("agree with Fisher's count of Darwin's maize", () => {
    // R. Fisher, The Design of Experiments, 1935, § 21: of 32,768 ways to give the differences signs, 863 sum to as much or more.
    expect(subsetP(means(darwin, 199_999), 0)).toBeCloseTo(863 / 32_768, 2);
    expect(subsetP(means(darwin, 199_999), 0) / (863 / 32_768)).toBeCloseTo(1, 1);
  });

  test("are the same for the same seed whatever the order of rows, and others for another", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(darwin, { minLength: 15 }), (shuffled) => {
        expect(means(shuffled, 99)).toEqual(means(darwin, 99));
      }),
    );
    expect(means(darwin, 99)).not.toEqual(means(darwin, 99, "another"));
  });

  test("give a bound that refutes just what their probability refutes", () => {
    const ratios = means(darwin);
    for (const alpha of [0.05, 0.0025]) {
      const bound = subsetLower(ratios, alpha);
      expect(subsetP(ratios, bound - 1e-9)).toBeLessThanOrEqual(alpha);
      expect(subsetP(ratios, bound + 1e-9)).toBeGreaterThan(alpha);
    }
  });

  test("are as many as a small alpha needs, and none where that would be too many", () => {
    expect([subsetsFor(0.05), subsetsFor(0.0025), subsetsFor(0.00025)]).toEqual([9_999, 9_999, 39_999]);
    expect(subsetsFor(1e-6)).toBeUndefined();
  });

  test("of rows put into groups keep the spread of the rows", () => {
    const draw = seededDraw("groups");
    const values = Array.from({ length: 20_000 }, () => normal(draw));
    const ratios = means(values);
    // The mean of a half of n rows lies around the mean of all by 1 / √n.
    const estimate = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(((subsetLower(ratios, 0.05) - estimate) * Math.sqrt(20_000)) / -1.645).toBeCloseTo(1, 1);
  });

  test("of a ratio with nothing below it are as low as may be", () => {
    const ratios = subsetRatios({ numerators: Float64Array.of(1), denominators: Float64Array.of(1) }, 99, "seed");
    expect(ratios[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(ratios.at(-1)).toBe(1);
  });
});
