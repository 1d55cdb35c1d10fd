import { describe, expect, test } from "vitest";
import { affordableAt, spend, whyHeld } from "./budget.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 23, 9);
const at = (hours: number) => new Date(start + hours * hour);
const spent = (...runs: readonly (readonly [endedAt: number, hours: number])[]) =>
  runs.map(([endedAt, hours]) => ({ endedAt: at(endedAt).toISOString(), hours }));
const allowed = (hours: number, when: number) => [
  { request: `r-${when}`, hours, reason: "the fair", at: at(when).toISOString() },
];
/** Ten hours within a hundred. */
const budget = { hours: 10, period: 100 * hour };

describe("training may begin", () => {
  test("at once without a budget, without any run, and as long as hours are left", () => {
    expect(affordableAt({ spent: spent([0, 1000]) }, undefined, at(1))).toEqual(at(1));
    expect(affordableAt({}, budget, at(1))).toEqual(at(1));
    expect(affordableAt({ spent: spent([0, 9.99]) }, budget, at(1))).toEqual(at(1));
  });

  test("when all hours are used up, once the run that ended first lies a period back, to the millisecond", () => {
    const usage = { spent: spent([0, 4], [10, 6], [20, 5]) };
    expect(affordableAt(usage, budget, at(30))).toEqual(at(110));
    const used = { spent: spent([0, 4], [10, 6]) };
    expect(affordableAt(used, budget, at(30))).toEqual(at(100));
    const justBefore = new Date(at(100).getTime() - 1);
    expect(affordableAt(used, budget, justBefore)).toEqual(at(100));
    expect(affordableAt(used, budget, at(100))).toEqual(at(100));
  });

  test("at the first time at which it may, in whatever order runs were written down", () => {
    expect(affordableAt({ spent: spent([20, 6], [0, 3], [10, 3]) }, budget, at(30))).toEqual(at(100));
    expect(affordableAt({ spent: spent([20, 3], [0, 1], [10, 9]) }, budget, at(30))).toEqual(at(110));
  });

  test("with exactly the hours of the budget taken, not yet", () => {
    expect(affordableAt({ spent: spent([0, 10]) }, budget, at(1))).toEqual(at(100));
  });

  test("as soon as an operator allows more, and for one period", () => {
    const used = spent([0, 12]);
    expect(affordableAt({ spent: used, allowed: allowed(2, 5) }, budget, at(6))).toEqual(at(100));
    expect(affordableAt({ spent: used, allowed: allowed(2.5, 5) }, budget, at(6))).toEqual(at(6));
    const later = { spent: [...used, ...spent([103, 11])], allowed: allowed(2.5, 5) };
    expect(affordableAt(later, budget, at(104))).toEqual(at(104));
    expect(affordableAt(later, budget, at(105))).toEqual(at(203));
  });
});

test("why training waits is told in hours of the budget and days of its period", () => {
  const month = { hours: 100, period: 30 * 24 * hour };
  expect(whyHeld({ spent: spent([0, 101.456]) }, month, at(1))).toBe(
    "training.budget is used up: runs took 101.46 of 100 hours within 30 days",
  );
  expect(whyHeld({ spent: spent([0, 120]), allowed: allowed(10, 0) }, month, at(1))).toContain("120 of 110 hours");
});

describe("what runs have taken", () => {
  test("is told in hours from when a job began to run to its end", () => {
    expect(spend(undefined, { startedAt: at(0).toISOString(), endedAt: at(1.5).toISOString() })).toEqual(
      spent([1.5, 1.5]),
    );
  });

  test("is nothing for a run whose job never ran, and never less than nothing", () => {
    expect(spend([], { endedAt: at(1).toISOString() })).toEqual([]);
    expect(spend([], { startedAt: at(2).toISOString(), endedAt: at(1).toISOString() })).toEqual([]);
  });

  test("is kept run by run for a thousand runs, and beyond that no hour is forgotten before its time", () => {
    const thousand = Array.from({ length: 1000 }, (_, index) => spent([index, 1])).flat();
    const one = { startedAt: at(1999).toISOString(), endedAt: at(2000).toISOString() };
    expect(spend(thousand.slice(1), one)).toHaveLength(1000);
    const more = spend(thousand, one) ?? [];
    expect(more).toHaveLength(1000);
    expect(more.slice(0, 2)).toEqual(spent([1, 2], [2, 1]));
    expect(more.at(-1)).toEqual(spent([2000, 1])[0]);
    expect(more.reduce((sum, { hours }) => sum + hours, 0)).toBe(1001);
  });
});
