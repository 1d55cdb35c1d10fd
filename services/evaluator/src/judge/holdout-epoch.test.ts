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

const opened = (at: number, after: number | undefined, through: number): HoldoutEvent => ({
  kind: "opened",
  at: iso(at),
  after,
  through,
});
const joined = (after: number | undefined, through: number): HoldoutEvent => ({ kind: "joined", after, through });
const spent = (at: number, key: string, version: string): HoldoutEvent => ({
  kind: "spent",
  key,
  version,
  at: iso(at),
});
const nowhere = () => undefined;

/** The epoch after events, of which there is one at least. */
const after = (...events: readonly HoldoutEvent[]) => events.reduce(evolve, undefined) as HoldoutEpoch;
/** A choice where as many batches are admitted and the last has held-out rows, and the epoch as it is once it is used. */
const choose = (epoch: HoldoutEpoch | undefined, through: number, now: Date, newest: number | undefined = through) => {
  const choice = chooseHoldout(epoch, { through, newest }, nowhere, policy, now);
  return { ...choice, epoch: choice.events.reduce<HoldoutEpoch | undefined>(evolve, epoch) as HoldoutEpoch };
};
/** An epoch whose budget has been spent. */
const spentBy = (epoch: HoldoutEpoch, ...keys: readonly string[]) =>
  keys.reduce<HoldoutEpoch>((one, key) => evolve(one, spent(4, key, key)) as HoldoutEpoch, epoch);
const first = (through: number, at = 0) => opened(at, undefined, through);
const used = (through: number) => after(first(through), spent(1, "a", "1"), spent(2, "b", "2"));

describe("an epoch of the holdout", () => {
  test("opens with all that is admitted at the first comparison", () => {
    expect(choose(undefined, 2, at(0))).toMatchObject({
      after: undefined,
      use: { state: "open" },
      epoch: { epoch: 1, through: 2, attempts: [] },
    });
  });

  test("is as old as it has been open, to the millisecond", () => {
    const epoch = after(first(1, 10_000), spent(10_000, "a", "1"));
    expect(choose(epoch, 1, at(11_000)).use.state).toBe("open");
    expect(choose(epoch, 1, at(11_001)).use.state).toBe("closed");
  });

  test("counts a comparison once, however often it is asked for", () => {
    const once = after(first(1), spent(1, "a", "1"));
    expect(evolve(once, spent(2, "a", "1"))).toBe(once);
    expect(attemptOf(once, "a")).toBe(1);
    expect(attemptOf(evolve(once, spent(2, "b", "2")), "b")).toBe(2);
    expect(attemptOf(once, "b")).toBeUndefined();
  });

  test("is joined by what is admitted meanwhile, and goes on counting", () => {
    const grown = choose(after(first(1), spent(1, "a", "1")), 2, at(2));
    expect(grown).toMatchObject({ after: undefined, use: { state: "open" }, epoch: { epoch: 1, through: 2 } });
    expect(grown.epoch.attempts).toHaveLength(1);
  });

  test("is over when its budget is spent, and says so until there is new data", () => {
    expect(choose(used(1), 1, at(3)).use).toEqual({
      state: "closed",
      reason:
        "the holdout has judged 2 challengers and may judge no more than 2: drop new data, its held-out rows will judge",
    });
  });

  test("stays over when what came meanwhile brought no new row", () => {
    expect(choose(used(1), 5, at(3), 1).use.state).toBe("closed");
    expect(choose(used(1), 5, at(3), 2).use.state).toBe("open");
  });

  test("is over when it is too old, whatever is left of its budget", () => {
    expect(choose(after(first(1)), 1, at(1_000)).use.state).toBe("open");
    expect(choose(after(first(1)), 1, at(90_000)).use).toEqual({
      state: "closed",
      reason: "the holdout is 1.5 minutes old and may judge for 1 second: drop new data, its held-out rows will judge",
    });
  });

  test("is over when exactly its budget is spent", () => {
    expect(choose(after(first(1), spent(1, "a", "1")), 1, at(3)).use.state).toBe("open");
    expect(choose(used(1), 1, at(3)).use.state).toBe("closed");
  });

  test("is followed by a second and a third, and no row that was retired ever comes back", () => {
    const second = choose(used(1), 2, at(3)).epoch;
    const third = choose(spentBy(second, "c", "d"), 3, at(6));
    expect(third).toMatchObject({ after: 2, epoch: { epoch: 3, after: 2, through: 3 } });
    const joinedBy = choose(third.epoch, 4, at(7));
    expect(joinedBy).toMatchObject({ after: 2, epoch: { epoch: 3, after: 2, through: 4 } });
    const fourth = choose(spentBy(joinedBy.epoch, "e", "f"), 5, at(9));
    expect(fourth).toMatchObject({ after: 4, epoch: { epoch: 4, after: 4, through: 5 } });
    for (const old of [1, 2, 3, 4]) expect(choose(fourth.epoch, 5, at(10), old).use.state).toBe("closed");
  });

  test("counts its attempts from 1, whatever was compared in those before", () => {
    const second = choose(used(1), 2, at(3)).epoch;
    const compared = evolve(second, spent(4, "a", "9"));
    expect(compared?.attempts).toEqual([{ key: "a", attempt: 1, version: "9", at: iso(4) }]);
  });

  test("is followed by one of new rows alone: those by which challengers were chosen never judge again", () => {
    const next = choose(used(1), 2, at(3));
    expect(next).toMatchObject({
      after: 1,
      use: { state: "open" },
      epoch: { epoch: 2, after: 1, through: 2, attempts: [] },
    });
    expect(choose(next.epoch, 3, at(4)).after).toBe(1);
  });

  test("that is over has its own rows for numbers that decide nothing, or all where it has none", () => {
    expect(choose(after(opened(0, 1, 2)), 2, at(90_000)).after).toBe(1);
    expect(choose(after(opened(0, 1, 2)), 2, at(90_000), 1)).toMatchObject({ after: undefined, events: [] });
  });

  test("from before positions were kept goes on where its batches stand in the log", () => {
    const former: HoldoutEpoch = {
      epoch: 2,
      openedAt: iso(0),
      former: { batches: ["b3", "b2"], retired: ["b1", "gone"] },
      attempts: [],
    };
    const positionOf = (batch: string) => ({ b1: 4, b2: 5, b3: 6 })[batch];
    const chosen = (epoch: HoldoutEpoch, newest: number, through = newest) =>
      chooseHoldout(epoch, { through, newest }, positionOf, policy, at(1));
    expect(chosen(former, 6)).toMatchObject({ after: 4, use: { state: "open" }, events: [] });
    expect(chosen(former, 4).use.state).toBe("closed");
    expect(chosen(spentBy(former, "a", "b"), 6).use.state).toBe("closed");
    expect(chosen(spentBy(former, "a", "b"), 7)).toMatchObject({ after: 6, events: [{ kind: "opened", after: 6 }] });
    const [grown] = chosen(former, 8).events;
    expect(grown && evolve(former, grown)).toEqual({ epoch: 2, openedAt: iso(0), after: 4, through: 8, attempts: [] });
  });
});

describe("a comparison that asks for the holdout", () => {
  const asks = (through: number, scoredAfter?: number, newest: number | undefined = through): UseHoldout => ({
    model: "digits",
    version: "3",
    key: "c",
    held: { through, newest },
    scoredAfter,
    positionOf: nowhere,
    now: at(3),
    limits: policy,
  });

  test("opens the first epoch and is its first attempt", () => {
    given(epochDecider)
      .when(asks(2))
      .then(first(2, 3), spent(3, "c", "3"));
  });

  test("uses an open epoch once more", () => {
    given(epochDecider, first(1), spent(1, "a", "1"))
      .when(asks(1))
      .then(spent(3, "c", "3"));
  });

  test("lets join what was admitted meanwhile", () => {
    given(epochDecider, first(1), spent(1, "a", "1"))
      .when(asks(2))
      .then(joined(undefined, 2), spent(3, "c", "3"));
  });

  test("opens the next epoch where the one before is used up and there is new data", () => {
    const past = [first(1), spent(1, "a", "1"), spent(2, "b", "2")];
    given(epochDecider, ...past)
      .when(asks(2, 1))
      .then(opened(3, 1, 2), spent(3, "c", "3"));
  });

  test("is refused where the epoch is used up and there is none, which changes nothing", () => {
    const past = given(epochDecider, first(1), spent(1, "a", "1"), spent(2, "b", "2"));
    const refused: HoldoutEvent = {
      kind: "refused",
      reason:
        "the holdout has judged 2 challengers and may judge no more than 2: drop new data, its held-out rows will judge",
    };
    past.when(asks(1)).then(refused);
    expect(evolve(past.state, refused)).toBe(past.state);
  });

  test("is refused where all rows belong to holdouts of the past, though the epoch is open", () => {
    given(epochDecider, first(1), opened(2, 1, 2))
      .when(asks(2, undefined, 1))
      .then({
        kind: "refused",
        reason: "all rows that are held out belong to holdouts that are used up: drop new data",
      });
  });

  test("that was made before costs nothing, even where the epoch is used up", () => {
    given(epochDecider, first(1), spent(1, "a", "1"), spent(2, "c", "3"))
      .when(asks(1))
      .thenNothing();
  });

  test("is refused for now where other rows would judge than were scored", () => {
    const meanwhile = given(epochDecider, first(1), spent(1, "a", "1"), opened(2, 1, 2)).when(asks(2));
    meanwhile.thenRefused(/the holdout of digits has changed while version 3 was scored/);
    expect(new HoldoutMovedError("").transient).toBe(true);
  });
});
