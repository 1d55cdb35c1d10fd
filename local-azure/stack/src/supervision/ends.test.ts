import { expect, test } from "vitest";
import { recentEnds, tooManyEnds, waitMs, withinMs } from "./ends.ts";

test("five ends within a minute are too many", () => {
  expect([tooManyEnds, withinMs]).toEqual([5, 60_000]);
});

const after = (...served: readonly number[]) => served.reduce<readonly number[]>(recentEnds, []);

test("the ends of the last minute of service count, the time before the first of them does not", () => {
  expect(after(3_600_000, 0, 0, 0, 0)).toHaveLength(5);
  expect(after(3_600_000, 20_000, 20_000, 19_999)).toHaveLength(4);
  expect(after(0, 20_000, 20_000, 20_000)).toEqual([20_000, 20_000, 20_000]);
  expect(after(0, 0, 0, 0, 60_000)).toEqual([60_000]);
});

test("of a server that never stops ending no more is kept than tells that it does", () => {
  expect(after(...Array<number>(1_000).fill(0))).toHaveLength(6);
});

test("the wait before the next start doubles with each end, up to ten seconds", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 20].map(waitMs)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});
