import { expect, test } from "vitest";
import { rowsInBlock } from "./race.ts";

test("a block has as many rows as can be afforded, and fewer where scoring may take little time", () => {
  // 21 blocks of two models: 42 times as many rows as a block has.
  expect(rowsInBlock(0.01, 2, 600_000)).toBe(200);
  expect(rowsInBlock(1, 2, 600_000)).toBe(142);
  expect(rowsInBlock(1, 1, 600_000)).toBe(200);
  // Within a quarter of 2 s, rather than be refused for taking 6.
  expect(rowsInBlock(1, 2, 2_000)).toBe(11);
  expect(rowsInBlock(50, 2, 2_000)).toBe(5);
});
