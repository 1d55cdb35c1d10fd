import { expect, test } from "vitest";
import { paceOf } from "./pace.ts";

test.each([
  [0.01, { rowsAtOnce: 32, besideTheLoop: false }],
  [0.5, { rowsAtOnce: 10, besideTheLoop: false }],
  [4, { rowsAtOnce: 1, besideTheLoop: false }],
  [40, { rowsAtOnce: 1, besideTheLoop: true }],
])("a model that takes %d ms for a row holds the event loop for no more than 5 ms", (perRow, pace) => {
  expect(paceOf(perRow)).toEqual(pace);
});
