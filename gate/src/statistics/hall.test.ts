import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hallLower, hallP, momentsOf } from "./hall.ts";
import { seededDraw } from "./random.ts";
import { studentQuantile, studentUpperTail } from "./student.ts";

const mean = (values: readonly number[]) =>
  momentsOf({ numerators: Float64Array.from(values), denominators: new Float64Array(values.length).fill(1) });

describe("Student's distribution", () => {
  test("is as tabled", () => {
    // W. Gosset's table as R. Fisher gave it, Statistical Methods for Research Workers, 1925, table IV.
    expect(studentQuantile(0.975, 10)).toBeCloseTo(2.228, 3);
    expect(studentQuantile(0.95, 24)).toBeCloseTo(1.711, 3);
    expect(studentUpperTail(4.0621, 9)).toBeCloseTo(0.00283 / 2, 4);
  });
});

describe("Hall's bound", () => {
  test("is Student's where nothing is skewed", () => {
    const values = [-3, -2, -1, 0, 1, 2, 3].map((value) => value + 4);
    const spread = Math.sqrt(28 / 6 / 7);
    expect(hallLower(mean(values), 0.05)).toBeCloseTo(4 - studentQuantile(0.95, 6) * spread, 6);
  });

  test("is further below where the tail to the right is long, and nearer where it is to the left", () => {
    const values = [0, 0, 0, 0, 0, 0, 0, 0, 1, 8];
    const centre = values.reduce((sum, value) => sum + value, 0) / 10;
    const down = centre - hallLower(mean(values), 0.05);
    const up = hallLower(mean(values.map((value) => -value)), 0.05) + centre;
    expect(down).toBeLessThan(-up);
  });

  test("refutes just what its probability refutes, of ratios too", () => {
    const row = fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0.1, max: 5, noNaN: true }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 20, maxLength: 60 }), fc.constantFrom(0.05, 0.0025), (rows, alpha) => {
        const moments = momentsOf({
          numerators: Float64Array.from(rows, ([numerator]) => numerator),
          denominators: Float64Array.from(rows, ([, denominator]) => denominator),
        });
        const bound = hallLower(moments, alpha);
        fc.pre(Number.isFinite(bound));
        expect(hallP(moments, bound) / alpha).toBeCloseTo(1, 3);
      }),
    );
  });

  test("of a skewed mean is wrong about as often as it says, where Student's is not", () => {
    const draw = seededDraw("lognormal");
    const trials = 3_000;
    const wrong = { hall: 0, student: 0 };
    for (let trial = 0; trial < trials; trial += 1) {
      // Losses of up to so much that are rare: the mean is seen too high most of the time.
      const values = Array.from({ length: 100 }, () => 1 + Math.log((draw(2 ** 30) + 0.5) / 2 ** 30));
      const moments = mean(values);
      if (hallP(moments, 0) <= 0.01) wrong.hall += 1;
      const { numerator, squares } = moments;
      if (studentUpperTail(numerator / Math.sqrt(squares[0] / 99 / 100), 99) <= 0.01) wrong.student += 1;
    }
    expect(wrong.student / trials).toBeGreaterThan(0.015);
    expect(wrong.hall / trials).toBeLessThan(0.015);
  });
});
