import type { AskedAdmissions } from "@ratchet/contracts";
import { type Pending, waitingAdmissions } from "@ratchet/state";
import { given } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import {
  type AdmissionsCommand,
  type AdmissionsEvent,
  admissionsDeciderOf,
  evolve,
  isSaidStuck,
} from "./admissions.ts";

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();
const digits = admissionsDeciderOf("digits");
const asked = (position: number): AdmissionsEvent => ({ kind: "training-asked", position });
const askForTraining = (position: number): AdmissionsCommand => ({ kind: "ask-for-training", position });
const seen = (second: number): AdmissionsEvent => ({ kind: "schedule-seen", at: at(second) });
const seeSchedule = (second: number): AdmissionsCommand => ({ kind: "see-schedule", at: at(second) });
const stuckSaid = (second: number): AdmissionsEvent => ({ kind: "stuck-said", since: at(second) });
const sayStuck = (second: number): AdmissionsCommand => ({ kind: "say-stuck", since: at(second) });
const after = (...events: readonly AdmissionsEvent[]): AskedAdmissions => events.reduce(evolve, digits.initial);

describe("training", () => {
  test("is asked for up to a place in the log, further each time and never back", () => {
    given(digits).when(askForTraining(3)).then(asked(3));
    given(digits, asked(3)).when(askForTraining(7)).then(asked(7));
    given(digits, asked(3), asked(7)).when(askForTraining(7)).thenNothing();
    given(digits, asked(3), asked(7)).when(askForTraining(5)).thenNothing();
    expect(after(asked(3), asked(7)).asked).toBe(7);
  });

  test("is asked for on what waits from before there was a log, though the log has nothing", () => {
    const former: AskedAdmissions = {
      model: "digits",
      asked: 0,
      earlier: [{ batch: "3f1c9a0b5d7e2468", file: "digits/a.csv", admittedAt: at(0) }],
      waiting: ["3f1c9a0b5d7e2468"],
    };
    const [event] = digits.decide(former, askForTraining(0));
    expect(event).toEqual(asked(0));
    expect(evolve(former, asked(0))).toEqual({ ...former, waiting: undefined });
    expect(digits.decide(evolve(former, asked(0)), askForTraining(0))).toEqual([]);
  });
});

describe("what waits in vain", () => {
  test("is said once for as long as the same batches wait, and again for others", () => {
    given(digits).when(sayStuck(1)).then(stuckSaid(1));
    given(digits, stuckSaid(1)).when(sayStuck(1)).thenNothing();
    given(digits, stuckSaid(1), stuckSaid(2)).when(sayStuck(3)).then(stuckSaid(3));
  });

  test("is known by since when it waits", () => {
    const pending = (second: number): Pending => ({ since: at(second), latest: at(9), batches: ["3f1c9a0b5d7e2468"] });
    const waiting = (state: AskedAdmissions, waits: Pending | null) => ({
      ...waitingAdmissions(state, []),
      pending: waits,
    });
    expect(isSaidStuck(waiting(after(stuckSaid(1)), pending(1)))).toBe(true);
    expect(isSaidStuck(waiting(after(stuckSaid(1)), pending(2)))).toBe(false);
    expect(isSaidStuck(waiting(after(stuckSaid(1)), null))).toBe(false);
  });
});

describe("the schedule", () => {
  test("is not seen backwards", () => {
    given(digits).when(seeSchedule(30)).then(seen(30));
    given(digits, seen(30)).when(seeSchedule(31)).then(seen(31));
    given(digits, seen(30)).when(seeSchedule(30)).thenNothing();
    given(digits, seen(30)).when(seeSchedule(20)).thenNothing();
  });
});

test("admissions stay the very same where nothing new is told", () => {
  const state = after(asked(3), seen(30), stuckSaid(1));
  for (const event of [asked(3), asked(2), seen(30), seen(20), stuckSaid(1)]) expect(evolve(state, event)).toBe(state);
});
