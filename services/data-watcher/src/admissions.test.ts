import type { Admissions } from "@ratchet/contracts";
import { given } from "@ratchet/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AdmissionsCommand,
  type AdmissionsEvent,
  admissionsDeciderOf,
  decide,
  evolve,
  initial,
  isSaidStuck,
} from "./admissions.ts";

const id = (index: number) => index.toString(16).padStart(16, "0");
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();
const batchOf = (index: number, second: number) => ({
  batch: id(index),
  file: `digits/${index}.csv`,
  admittedAt: at(second),
});
const admitted = (index: number, second = index): AdmissionsEvent => ({ ...batchOf(index, second), kind: "admitted" });
const asked = (...batches: readonly number[]): AdmissionsEvent => ({
  kind: "training-asked",
  batches: batches.map(id),
});
const seen = (second: number): AdmissionsEvent => ({ kind: "schedule-seen", at: at(second) });
const admit = (index: number, second = index): AdmissionsCommand => ({ ...batchOf(index, second), kind: "admit" });
const askForTraining = (...batches: readonly number[]): AdmissionsCommand => ({
  kind: "ask-for-training",
  batches: batches.map(id),
});
const seeSchedule = (second: number): AdmissionsCommand => ({ kind: "see-schedule", at: at(second) });
const digits = admissionsDeciderOf("digits");
const after = (...events: readonly AdmissionsEvent[]): Admissions => events.reduce(evolve, initial("digits"));

describe("admissions", () => {
  test("keep admitted batches waiting, from the first to the latest", () => {
    expect(after(admitted(1), admitted(2)).pending).toEqual({ since: at(1), latest: at(2), batches: [id(1), id(2)] });
  });

  test("do not let a batch wait that training was asked for", () => {
    const state = after(admitted(1), admitted(2), { kind: "training-asked", batches: [id(1)] });
    expect(state.pending).toEqual({ since: at(2), latest: at(2), batches: [id(2)] });
    expect(state.batches).toHaveLength(2);
  });

  test("do not let a batch wait again because its drop is announced again", () => {
    const asked = after(admitted(1), { kind: "training-asked", batches: [id(1)] });
    expect(evolve(asked, admitted(1))).toBe(asked);
  });

  test("stay the very same where nothing new is told", () => {
    const state = after(admitted(1), { kind: "schedule-seen", at: at(30) });
    expect(evolve(state, { kind: "schedule-seen", at: at(30) })).toBe(state);
    expect(evolve(state, { kind: "schedule-seen", at: at(20) })).toBe(state);
    expect(evolve(state, { kind: "training-asked", batches: [id(9)] })).toBe(state);
    const said = evolve(state, { kind: "stuck-said", since: at(1) });
    expect(evolve(said, { kind: "stuck-said", since: at(1) })).toBe(said);
  });

  test("are the same in whatever order, and however often, batches are admitted", () => {
    const events = [admitted(1, 4), admitted(2, 2), admitted(3, 2), admitted(4, 1), admitted(5, 9)];
    const expected = after(...events);
    fc.assert(
      fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 10 }), (told) => {
        expect(after(...told)).toEqual(expected);
      }),
    );
  });
});

describe("a batch", () => {
  test("that is not known is admitted", () => {
    given(digits).when(admit(1)).then(admitted(1));
    given(digits, admitted(1)).when(admit(2)).then(admitted(2));
  });

  test("that is known is not admitted again, be it that its drop is announced again or that another drop had its content", () => {
    given(digits, admitted(1)).when(admit(1)).thenNothing();
    given(digits, admitted(1)).when(admit(1, 9)).thenNothing();
    given(digits, admitted(1), asked(1)).when(admit(1)).thenNothing();
  });
});

test("a batch keeps the name of the drop that brought it, whoever brings it again", () => {
  const brought: AdmissionsEvent = { kind: "admitted", ...batchOf(1, 1), drop: "one" };
  given(digits)
    .when({ kind: "admit", ...batchOf(1, 1), drop: "one" })
    .then(brought);
  given(digits, brought)
    .when({ kind: "admit", ...batchOf(1, 1), drop: "two" })
    .thenNothing();
  expect(after(brought, { kind: "admitted", ...batchOf(1, 1), drop: "two" }).batches).toEqual([
    { ...batchOf(1, 1), drop: "one" },
  ]);
});

describe("what is stuck", () => {
  const stuckSaid = (second: number): AdmissionsEvent => ({ kind: "stuck-said", since: at(second) });

  test("is said once for as long as the same batches wait", () => {
    given(digits).when({ kind: "say-stuck" }).thenNothing();
    given(digits, admitted(1)).when({ kind: "say-stuck" }).then(stuckSaid(1));
    given(digits, admitted(1), stuckSaid(1)).when({ kind: "say-stuck" }).thenNothing();
    given(digits, admitted(1), stuckSaid(1), admitted(2)).when({ kind: "say-stuck" }).thenNothing();
  });

  test("is said again when others wait in vain, a third time too", () => {
    const twice = [admitted(1), stuckSaid(1), asked(1), admitted(2), stuckSaid(2), asked(2), admitted(3)] as const;
    given(digits, ...twice)
      .when({ kind: "say-stuck" })
      .then(stuckSaid(3));
    expect(isSaidStuck(after(...twice))).toBe(false);
    expect(isSaidStuck(after(...twice, stuckSaid(3)))).toBe(true);
    expect(isSaidStuck(after(...twice, stuckSaid(3), asked(3)))).toBe(false);
  });
});

test("three rounds of waiting and asking end each with nothing waiting, and with every batch kept", () => {
  const rounds = [1, 2, 3].flatMap((round) => [admitted(round), asked(round)]);
  for (let length = 1; length <= rounds.length; length += 1) {
    const state = after(...rounds.slice(0, length));
    const round = Math.ceil(length / 2);
    expect(state.batches.map(({ batch }) => batch)).toEqual([1, 2, 3].slice(0, round).map(id));
    expect(state.pending).toEqual(
      length % 2 === 0 ? null : { since: at(round), latest: at(round), batches: [id(round)] },
    );
  }
});

describe("asking for training", () => {
  test("lets the batches that were asked for cease to wait, and no others", () => {
    given(digits, admitted(1), admitted(2)).when(askForTraining(1)).then(asked(1));
  });

  test("tells only of batches that wait: all batches of the model are asked for each time", () => {
    given(digits, admitted(1), asked(1), admitted(2)).when(askForTraining(1, 2)).then(asked(2));
  });

  test("is nothing new where none of the batches waits", () => {
    given(digits).when(askForTraining(1)).thenNothing();
    given(digits, admitted(1), asked(1)).when(askForTraining(1)).thenNothing();
    given(digits, admitted(1)).when(askForTraining()).thenNothing();
  });
});

describe("the schedule", () => {
  test("is seen for the first time, and then whenever it has gone on", () => {
    given(digits).when(seeSchedule(0)).then(seen(0));
    given(digits, seen(0)).when(seeSchedule(1)).then(seen(1));
  });

  test("is not seen twice at the same time, nor backwards", () => {
    given(digits, seen(30)).when(seeSchedule(30)).thenNothing();
    given(digits, seen(30)).when(seeSchedule(20)).thenNothing();
  });
});

test("a command given twice in any past makes nothing more happen: a message may be delivered again", () => {
  const command = fc.oneof(
    fc.tuple(fc.nat(4), fc.nat(30)).map(([index, second]) => admit(index, second)),
    fc.subarray([0, 1, 2, 3, 4]).map((batches) => askForTraining(...batches)),
    fc.nat(30).map(seeSchedule),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 12 }), command, (past, last) => {
      const state = [...past, last].reduce(
        (before, step) => decide(before, step).reduce(evolve, before),
        initial("digits"),
      );
      expect(decide(state, last)).toEqual([]);
    }),
  );
});
