import { expect, test } from "vitest";
import { holm } from "./holm.ts";

test("probabilities are corrected as Holm's procedure does, whatever their order", () => {
  // S. Holm's step-down on the example that is commonly given for it: 0.01, 0.04, 0.03, 0.005.
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.6, 0.5])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
