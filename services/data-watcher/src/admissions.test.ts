import type { Admissions } from "@ratchet/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AdmissionsEvent, evolve, noAdmissions } from "./admissions.ts";

const id = (index: number) => index.toString(16).padStart(16, "0");
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();
const admitted = (index: number, second = index): AdmissionsEvent => ({
  kind: "admitted",
  batch: id(index),
  file: `digits/${index}.csv`,
  admittedAt: at(second),
});
const after = (...events: readonly AdmissionsEvent[]): Admissions => events.reduce(evolve, noAdmissions("digits"));

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
