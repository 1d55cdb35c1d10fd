import fc from "fast-check";
import { expect, test } from "vitest";
import { rootBelow } from "./bisect.ts";

test("a root is found from below, however crooked the function", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.constantFrom(1, 3, 9), (root, power) => {
      const found = rootBelow(0, 1, (x) => Math.sign(x - root) * Math.abs(x - root) ** power);
      expect(found).toBeLessThanOrEqual(root);
      expect(root - found).toBeLessThan(1e-8);
    }),
  );
});

test("a function that leaps is followed to its leap", () => {
  expect(rootBelow(-2, 2, (x) => (x > 0.5 ? Number.POSITIVE_INFINITY : -1))).toBeCloseTo(0.5, 8);
});
