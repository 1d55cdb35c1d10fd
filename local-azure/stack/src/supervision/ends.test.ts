import { expect, test } from "vitest";
import { type End, recentEnds, tooManyEnds, waitMs, withinMs } from "./ends.ts";

test("five ends within a minute are too many", () => {
  expect([tooManyEnds, withinMs]).toEqual([5, 60_000]);
});

/** The seconds of the ends that count; `true` is one that had served. */
const counting = (...ends: readonly (readonly [second: number, served: boolean])[]) =>
  ends
    .map(([second, served]) => ({ at: second * 1_000, served }))
    .reduce<readonly End[]>(recentEnds, [])
    .map(({ at }) => at / 1_000);

test("the ends of the last minute count, those before do not", () => {
  expect(counting([0, true], [20, true], [40, true], [59.9, true])).toEqual([0, 20, 40, 59.9]);
  expect(counting([0, true], [20, true], [40, true], [60, true])).toEqual([20, 40, 60]);
  expect(counting([0, true], [3_600, true])).toEqual([3_600]);
});

test("starts that failed count until it serves, however long they take", () => {
  expect(counting([0, true], [100, false], [200, false], [300, false], [400, false])).toEqual([0, 100, 200, 300, 400]);
  expect(counting([0, true], [100, false], [200, false], [300, true])).toEqual([300]);
});

test("of a server that never stops ending no more is kept than tells that it does", () => {
  expect(counting(...Array.from({ length: 1_000 }, (_, second) => [second, false] as const))).toHaveLength(6);
});

test("the wait before the next start doubles with each end, up to ten seconds", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 20].map(waitMs)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});
