import { describe, expect, test } from "vitest";
import { type FaultKind, faultKinds, kindOf } from "./kinds.ts";
import { planOf } from "./plan.ts";

const minutes = 60_000;
const kinds = Object.keys(faultKinds) as FaultKind[];
const ofSeed = (seed: number, some = kinds) =>
  planOf({ seed, count: 200, within: 10 * minutes, kinds: some, longest: minutes, betweenHeavy: 45_000 });

describe("the plan of a run", () => {
  test("has the same faults in the same order from the same seed, and others from another", () => {
    expect(ofSeed(1)).toEqual(ofSeed(1));
    expect(ofSeed(1, [...kinds].reverse())).toEqual(ofSeed(1));
    expect(ofSeed(2)).not.toEqual(ofSeed(1));
  });

  test("has as many as were asked for, from the first moment to the last, and every kind", () => {
    const plan = ofSeed(1);
    expect(plan).toHaveLength(200);
    expect([plan[0]?.at, plan.at(-1)?.at]).toEqual([0, 10 * minutes]);
    expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(kinds));
  });

  test("leaves the stack time between faults that take it away", () => {
    const heavy = ofSeed(3).filter(({ kind }) => kindOf(kind).heavy);
    expect(heavy.length).toBeGreaterThan(5);
    for (const [index, { at }] of heavy.entries())
      if (index > 0) expect(at - (heavy[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(45_000);
  });

  test("lets no fault last longer than its kind, or than was asked for", () => {
    for (const { kind, lasts } of ofSeed(4)) expect(lasts).toBeLessThanOrEqual((kindOf(kind).lasts ?? 0) * 1000);
    const short = planOf({ seed: 4, count: 50, within: minutes, kinds, longest: 5_000, betweenHeavy: 20_000 });
    for (const { lasts } of short) expect(lasts).toBeLessThanOrEqual(5_000);
  });

  test("keeps to the kinds that may come", () => {
    expect(new Set(ofSeed(5, ["kill storage", "fill the disk"]).map(({ kind }) => kind))).toEqual(
      new Set(["kill storage", "fill the disk"]),
    );
  });
});
