import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHoldout, rowShare } from "./split.ts";

describe("the split by row hash", () => {
  test("puts a row at the same place in whatever file it comes", () => {
    expect(rowShare(["1", "2", "cat"], 2)).toBe(rowShare(["1", "2", "cat"], 2));
  });

  test("does not move a row whose label is corrected", () => {
    expect(rowShare(["1", "2", "cat"], 2)).toBe(rowShare(["1", "2", "dog"], 2));
    expect(rowShare(["1", "2", "cat"], 2)).not.toBe(rowShare(["1", "3", "cat"], 2));
  });

  test("tells fields apart that join to the same text", () => {
    expect(rowShare(["ab", "c", "x"], 2)).not.toBe(rowShare(["a", "bc", "x"], 2));
  });

  test("holds out about the share asked for", () => {
    const held = Array.from({ length: 10_000 }, (_, index) => rowShare([String(index), "y"], 1)).filter((share) =>
      isHoldout(share, 0.2),
    ).length;
    expect(held).toBeGreaterThan(1_800);
    expect(held).toBeLessThan(2_200);
  });

  test("holds out under a larger share whatever it holds out under a smaller one", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.double({ min: 0, max: 0.5, noNaN: true }), (fields, holdout) => {
        const share = rowShare(fields, 0);
        expect(!isHoldout(share, holdout) || isHoldout(share, Math.min(1, holdout * 1.5))).toBe(true);
      }),
    );
  });
});
