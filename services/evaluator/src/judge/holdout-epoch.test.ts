import { describe, expect, test } from "vitest";
import { attemptOf, chooseHoldout, type HoldoutEpoch, spend } from "./holdout-epoch.ts";
import { testPolicy } from "./policy.fixture.ts";

const policy = testPolicy({ reuseBudget: 2, holdoutMaxAge: 1_000 });
const at = (milliseconds: number) => new Date(milliseconds);
const opened = (batches: readonly string[]): HoldoutEpoch => chooseHoldout(undefined, batches, at(0), policy).epoch;
const used = (batches: readonly string[]) => spend(spend(opened(batches), "a", "1", at(1)), "b", "2", at(2));

describe("an epoch of the holdout", () => {
  test("opens with the batches of the first comparison", () => {
    expect(chooseHoldout(undefined, ["b2", "b1"], at(0), policy)).toMatchObject({
      batches: ["b1", "b2"],
      use: { state: "open" },
      epoch: { epoch: 1, batches: ["b1", "b2"], attempts: [] },
    });
  });

  test("counts a comparison once, however often it is asked for", () => {
    const once = spend(opened(["b1"]), "a", "1", at(1));
    expect(spend(once, "a", "1", at(2))).toBe(once);
    expect(attemptOf(once, "a")).toBe(1);
    expect(attemptOf(spend(once, "b", "2", at(2)), "b")).toBe(2);
    expect(attemptOf(once, "b")).toBeUndefined();
  });

  test("is joined by batches that are admitted meanwhile, and goes on counting", () => {
    const grown = chooseHoldout(spend(opened(["b1"]), "a", "1", at(1)), ["b1", "b2"], at(2), policy);
    expect(grown).toMatchObject({ batches: ["b1", "b2"], use: { state: "open" }, epoch: { epoch: 1 } });
    expect(grown.epoch.attempts).toHaveLength(1);
  });

  test("is over when its budget is spent, and says so until there is new data", () => {
    expect(chooseHoldout(used(["b1"]), ["b1"], at(3), policy).use).toEqual({
      state: "closed",
      reason:
        "the holdout has judged 2 challengers and may judge no more than 2: drop new data, its held-out rows will judge",
    });
  });

  test("is over when it is too old, whatever is left of its budget", () => {
    expect(chooseHoldout(opened(["b1"]), ["b1"], at(1_000), policy).use.state).toBe("open");
    expect(chooseHoldout(opened(["b1"]), ["b1"], at(90_000), policy).use).toEqual({
      state: "closed",
      reason: "the holdout is 1.5 minutes old and may judge for 1 second: drop new data, its held-out rows will judge",
    });
  });

  test("is followed by one of new batches alone: rows by which challengers were chosen never judge again", () => {
    const next = chooseHoldout(used(["b1"]), ["b1", "b2"], at(3), policy);
    expect(next).toMatchObject({
      batches: ["b2"],
      use: { state: "open" },
      epoch: { epoch: 2, batches: ["b2"], retired: ["b1"], attempts: [] },
    });
    expect(chooseHoldout(next.epoch, ["b1", "b2", "b3"], at(4), policy).batches).toEqual(["b2", "b3"]);
  });

  test("cannot judge a challenger of used-up data only", () => {
    const second = chooseHoldout(used(["b1"]), ["b1", "b2"], at(3), policy).epoch;
    expect(chooseHoldout(second, ["b1"], at(4), policy)).toMatchObject({ use: { state: "closed" }, batches: ["b1"] });
  });
});
