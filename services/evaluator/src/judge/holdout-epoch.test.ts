import type { HoldoutEpoch } from "@ratchet/contracts";
import { given } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { testPolicy } from "../testing/policy.ts";
import {
  attemptOf,
  chooseHoldout,
  epochDecider,
  evolve,
  type HoldoutEvent,
  HoldoutMovedError,
  type UseHoldout,
} from "./holdout-epoch.ts";

const policy = testPolicy({ reuseBudget: 2, holdoutMaxAge: 1_000 });
const at = (milliseconds: number) => new Date(milliseconds);
const iso = (milliseconds: number) => at(milliseconds).toISOString();

const opened = (at: number, ...batches: readonly string[]): HoldoutEvent => ({ kind: "opened", at: iso(at), batches });
const joined = (...batches: readonly string[]): HoldoutEvent => ({ kind: "joined", batches });
const spent = (at: number, key: string, version: string): HoldoutEvent => ({
  kind: "spent",
  key,
  version,
  at: iso(at),
});

/** The epoch after events, of which there is one at least. */
const after = (...events: readonly HoldoutEvent[]) => events.reduce(evolve, undefined) as HoldoutEpoch;
/** A choice, and the epoch as it is once it is used. */
const choose = (epoch: HoldoutEpoch | undefined, candidates: readonly string[], now: Date) => {
  const choice = chooseHoldout(epoch, candidates, policy, now);
  return { ...choice, epoch: choice.events.reduce<HoldoutEpoch | undefined>(evolve, epoch) as HoldoutEpoch };
};
/** An epoch whose budget has been spent. */
const spentBy = (epoch: HoldoutEpoch, ...keys: readonly string[]) =>
  keys.reduce<HoldoutEpoch>((one, key) => evolve(one, spent(4, key, key)) as HoldoutEpoch, epoch);
const used = (...batches: readonly string[]) => after(opened(0, ...batches), spent(1, "a", "1"), spent(2, "b", "2"));

describe("an epoch of the holdout", () => {
  test("opens with the batches of the first comparison", () => {
    expect(choose(undefined, ["b2", "b1"], at(0))).toMatchObject({
      batches: ["b1", "b2"],
      use: { state: "open" },
      epoch: { epoch: 1, batches: ["b1", "b2"], attempts: [] },
    });
  });

  test("is as old as it has been open, to the millisecond", () => {
    const epoch = after(opened(10_000, "b1"), spent(10_000, "a", "1"));
    expect(chooseHoldout(epoch, ["b1"], policy, at(11_000)).use.state).toBe("open");
    expect(chooseHoldout(epoch, ["b1"], policy, at(11_001)).use.state).toBe("closed");
  });

  test("counts a comparison once, however often it is asked for", () => {
    const once = after(opened(0, "b1"), spent(1, "a", "1"));
    expect(evolve(once, spent(2, "a", "1"))).toBe(once);
    expect(attemptOf(once, "a")).toBe(1);
    expect(attemptOf(evolve(once, spent(2, "b", "2")), "b")).toBe(2);
    expect(attemptOf(once, "b")).toBeUndefined();
  });

  test("is joined by batches that are admitted meanwhile, and goes on counting", () => {
    const grown = choose(after(opened(0, "b1"), spent(1, "a", "1")), ["b1", "b2"], at(2));
    expect(grown).toMatchObject({ batches: ["b1", "b2"], use: { state: "open" }, epoch: { epoch: 1 } });
    expect(grown.epoch.attempts).toHaveLength(1);
  });

  test("is over when its budget is spent, and says so until there is new data", () => {
    expect(choose(used("b1"), ["b1"], at(3)).use).toEqual({
      state: "closed",
      reason:
        "the holdout has judged 2 challengers and may judge no more than 2: drop new data, its held-out rows will judge",
    });
  });

  test("is over when it is too old, whatever is left of its budget", () => {
    expect(choose(after(opened(0, "b1")), ["b1"], at(1_000)).use.state).toBe("open");
    expect(choose(after(opened(0, "b1")), ["b1"], at(90_000)).use).toEqual({
      state: "closed",
      reason: "the holdout is 1.5 minutes old and may judge for 1 second: drop new data, its held-out rows will judge",
    });
  });

  test("is over when it is older than it may be by a millisecond, and when exactly its budget is spent", () => {
    const fresh = after(opened(0, "b1"));
    expect(choose(fresh, ["b1"], at(1_000)).use.state).toBe("open");
    expect(choose(fresh, ["b1"], at(1_001)).use.state).toBe("closed");
    expect(choose(after(opened(0, "b1"), spent(1, "a", "1")), ["b1"], at(3)).use.state).toBe("open");
    expect(choose(used("b1"), ["b1"], at(3)).use.state).toBe("closed");
  });

  test("is by the same rows in whatever order its batches are named", () => {
    const epoch = after(opened(0, "b1", "b2"));
    expect(choose(epoch, ["b2", "b1"], at(3)).batches).toEqual(["b1", "b2"]);
    expect(choose(used("b0"), ["b2", "b1"], at(3)).batches).toEqual(["b1", "b2"]);
  });

  test("is followed by a second and a third, and no batch that was retired ever comes back", () => {
    const all = ["b1", "b2", "b3", "b4"];
    const second = choose(used("b1"), ["b1", "b2"], at(3)).epoch;
    const third = choose(spentBy(second, "c", "d"), ["b1", "b2", "b3"], at(6));
    expect(third).toMatchObject({ batches: ["b3"], epoch: { epoch: 3, batches: ["b3"], retired: ["b1", "b2"] } });
    const joinedBy = choose(third.epoch, all, at(7));
    expect(joinedBy).toMatchObject({ batches: ["b3", "b4"], epoch: { epoch: 3, retired: ["b1", "b2"] } });
    const fourth = choose(spentBy(joinedBy.epoch, "e", "f"), [...all, "b5"], at(9));
    expect(fourth).toMatchObject({ batches: ["b5"], epoch: { epoch: 4, retired: all } });
    for (const old of all) expect(choose(fourth.epoch, [old], at(10)).use.state).toBe("closed");
  });

  test("counts its attempts from 1, whatever was compared in those before", () => {
    const second = choose(used("b1"), ["b1", "b2"], at(3)).epoch;
    const compared = evolve(second, spent(4, "a", "9"));
    expect(compared?.attempts).toEqual([{ key: "a", attempt: 1, version: "9", at: iso(4) }]);
  });

  test("is followed by one of new batches alone: rows by which challengers were chosen never judge again", () => {
    const next = choose(used("b1"), ["b1", "b2"], at(3));
    expect(next).toMatchObject({
      batches: ["b2"],
      use: { state: "open" },
      epoch: { epoch: 2, batches: ["b2"], retired: ["b1"], attempts: [] },
    });
    expect(choose(next.epoch, ["b1", "b2", "b3"], at(4)).batches).toEqual(["b2", "b3"]);
  });

  test("cannot judge a challenger of used-up data only", () => {
    const second = choose(used("b1"), ["b1", "b2"], at(3)).epoch;
    expect(choose(second, ["b1"], at(4))).toMatchObject({ use: { state: "closed" }, batches: ["b1"] });
  });
});

describe("a comparison that asks for the holdout", () => {
  const asks = (different: Partial<UseHoldout> = {}): UseHoldout => ({
    model: "digits",
    version: "3",
    key: "c",
    candidates: ["b1"],
    scored: ["b1"],
    now: at(3),
    limits: policy,
    ...different,
  });

  test("opens the first epoch and is its first attempt", () => {
    given(epochDecider)
      .when(asks({ candidates: ["b2", "b1"], scored: ["b1", "b2"] }))
      .then(opened(3, "b1", "b2"), spent(3, "c", "3"));
  });

  test("uses an open epoch once more", () => {
    given(epochDecider, opened(0, "b1"), spent(1, "a", "1"))
      .when(asks())
      .then(spent(3, "c", "3"));
  });

  test("lets batches that were admitted meanwhile join, and only those", () => {
    const both = ["b1", "b2"];
    given(epochDecider, opened(0, "b1"), spent(1, "a", "1"))
      .when(asks({ candidates: both, scored: both }))
      .then(joined("b2"), spent(3, "c", "3"));
  });

  test("opens the next epoch where the one before is used up and there is new data", () => {
    const past = [opened(0, "b1"), spent(1, "a", "1"), spent(2, "b", "2")];
    given(epochDecider, ...past)
      .when(asks({ candidates: ["b1", "b2"], scored: ["b2"] }))
      .then(opened(3, "b2"), spent(3, "c", "3"));
  });

  test("is refused where the epoch is used up and there is none, which changes nothing", () => {
    const past = given(epochDecider, opened(0, "b1"), spent(1, "a", "1"), spent(2, "b", "2"));
    const refused: HoldoutEvent = {
      kind: "refused",
      reason:
        "the holdout has judged 2 challengers and may judge no more than 2: drop new data, its held-out rows will judge",
    };
    past.when(asks()).then(refused);
    expect(evolve(past.state, refused)).toBe(past.state);
  });

  test("is refused where its data belongs to holdouts of the past, though the epoch is open", () => {
    given(epochDecider, opened(0, "b1"), opened(2, "b2")).when(asks()).then({
      kind: "refused",
      reason: "all the data that the challenger was trained on belongs to holdouts that are used up: train on new data",
    });
  });

  test("that was made before costs nothing, even where the epoch is used up", () => {
    given(epochDecider, opened(0, "b1"), spent(1, "a", "1"), spent(2, "c", "3"))
      .when(asks())
      .thenNothing();
  });

  test("is refused for now where other rows would judge than were scored", () => {
    const meanwhile = given(epochDecider, opened(0, "b0"), spent(1, "a", "1"), opened(2, "b1")).when(
      asks({ candidates: ["b0", "b1"], scored: ["b0", "b1"] }),
    );
    meanwhile.thenRefused(/the holdout of digits has changed while version 3 was scored/);
    expect(new HoldoutMovedError("").transient).toBe(true);
  });
});
