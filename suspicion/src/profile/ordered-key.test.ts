import fc from "fast-check";
import { expect, test } from "vitest";
import { keyAt } from "./coarse-map.ts";
import { binRange, orderedKey } from "./ordered-key.ts";

const single = fc.float({ noNaN: true });

test("keys are in the order of numbers, and equal for what single precision cannot tell apart", () => {
  fc.assert(
    fc.property(single, single, (one, other) => {
      const [a, b] = [orderedKey(one), orderedKey(other)];
      expect(Math.sign(a - b)).toBe(Math.sign(one === other ? 0 : one < other ? -1 : 1));
    }),
  );
  expect(orderedKey(-0)).toBe(orderedKey(0));
  expect(orderedKey(16_777_217)).toBe(orderedKey(16_777_216));
});

test("a number is within the range of its bin, at every level", () => {
  fc.assert(
    fc.property(single, fc.nat(31), (value, level) => {
      const { from, to } = binRange(keyAt(orderedKey(value), level), level);
      // Beyond the greatest number of single precision keys stand for none.
      if (!Number.isNaN(from)) expect(value).toBeGreaterThanOrEqual(from);
      if (!Number.isNaN(to)) expect(value).toBeLessThanOrEqual(to);
    }),
  );
});

test("bins are narrow where numbers are close, wherever that is", () => {
  // 16 levels are left of an octave's 23: bins of 1 / 128 of a power of two.
  expect(binRange(keyAt(orderedKey(1013), 16), 16)).toEqual({ from: 1012, to: expect.closeTo(1016, 3) });
});
