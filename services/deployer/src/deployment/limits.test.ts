import { describe, expect, test } from "vitest";
import { defaultLimits, mostWaiting, nextLook } from "./limits.ts";

test("the limits are these: whoever changes one says so here", () => {
  expect(defaultLimits).toEqual({
    firstLook: 250,
    longestLook: 15_000,
    stuckLook: 60_000,
    stuck: 120_000,
    published: 900_000,
    ready: 300_000,
    failed: 10_000,
    verify: 60_000,
    unsure: 30_000,
    swapped: 300_000,
    swaps: 3,
    rounds: 3,
    shown: 60_000,
    stale: 30_000,
    silentLooks: 3,
    restoreAgain: 900_000,
    askAgain: 900_000,
  });
  expect(mostWaiting).toBe(16);
});

describe("the next look", () => {
  const now = new Date("2026-11-23T09:00:00.000Z");
  const after = (looks: number, stuck = false) => nextLook(now, looks, stuck, defaultLimits).getTime() - now.getTime();

  test("comes after a quarter of a second, then ever later, and at last every 15 s", () => {
    expect([0, 1, 2, 3].map((looks) => after(looks))).toEqual([250, 325, 422.5, 549.25].map(Math.trunc));
    expect([15, 16, 17, 100].map((looks) => after(looks))).toEqual([12_796, 15_000, 15_000, 15_000]);
  });

  test("comes every minute where an operator has to do something", () => {
    expect([0, 100].map((looks) => after(looks, true))).toEqual([60_000, 60_000]);
  });
});
