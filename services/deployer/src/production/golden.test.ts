import { describe, expect, test } from "vitest";
import { testManifest } from "../testing/releases.ts";
import { differenceFrom } from "./golden.ts";

describe("golden predictions", () => {
  const { golden } = testManifest();

  test("are met within their tolerance", () => {
    expect(differenceFrom(golden, [10.0005, 19, 28, 0, -1, -2])).toBeUndefined();
  });

  test("that are not met are named with row and values", () => {
    expect(differenceFrom(golden, [10, 19, 28, 0, -1, -2.5])).toBe(
      "for golden row 1 it predicts scores -2.5, not -2 within 0.001",
    );
    expect(differenceFrom(golden, [10, 19, Number.NaN, 0, -1, -2])).toMatch(/golden row 0 it predicts scores NaN/);
    expect(differenceFrom(golden, [10])).toMatch(/gives 1 values of scores for 2 golden rows instead of 6/);
  });
});
