import { expect, test } from "vitest";
import { collectWorst } from "./worst-rows.ts";

const block = (labels: readonly number[], rows: readonly (readonly string[])[]) => ({
  count: labels.length,
  features: new Float32Array(labels.length),
  labels: Float64Array.from(labels),
  texts: [],
  rows,
});
const said = (values: readonly number[], losses: readonly number[]) => ({
  said: Float64Array.from(values),
  losses: Float64Array.from(losses),
});

test("the rows that are furthest off are kept as they come, the worst first, with what they are", () => {
  const worst = collectWorst(2);
  worst.add(block([0, 1, 2], [["a"], ["b"], ["c"]]), said([0, 0, 0], [0, 3, 1]), said([0, 1, 2], [0, 0, 0]));
  worst.add(block([5, 6], [["d"], ["e"]]), said([7, 7], [2, 3]), undefined);
  expect(worst.worst()).toEqual([
    { row: 1, texts: ["b"], label: 1, challenger: 0, champion: 1, loss: 3 },
    { row: 4, texts: ["e"], label: 6, challenger: 7, champion: undefined, loss: 3 },
  ]);
});

test("rows without a loss are none", () => {
  const worst = collectWorst(2);
  worst.add(block([0, 1], [["a"], ["b"]]), said([0, 1], [0, 0]), undefined);
  expect(worst.worst()).toEqual([]);
});
