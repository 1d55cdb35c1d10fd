import type { Admissions } from "@ratchet/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evolve, initial } from "../admissions.ts";
import { coalesce, dueAt, lookAfterAdmission } from "./coalesce.ts";

const policy = { quietPeriod: 60_000, maxWait: 900_000 };
const start = Date.UTC(2026, 10, 23, 9);
const time = (seconds: number) => new Date(start + seconds * 1000);
const id = (index: number) => index.toString(16).padStart(16, "0");

const admit = (state: Admissions, index: number, seconds: number): Admissions =>
  evolve(state, { kind: "admitted", batch: id(index), file: `${index}.csv`, admittedAt: time(seconds).toISOString() });

const admittedAt = (...seconds: readonly number[]): Admissions =>
  seconds.reduce((state, at, index) => admit(state, index, at), initial("digits"));

describe("coalescing", () => {
  test("has nothing to do where nothing waits", () => {
    expect(coalesce(initial("digits"), policy, time(0))).toEqual({ kind: "nothing" });
  });

  test("waits until nothing has come for the quiet period", () => {
    expect(coalesce(admittedAt(0, 30), policy, time(61))).toEqual({ kind: "wait", until: time(90) });
  });

  test("does not wait beyond the longest wait, however much comes", () => {
    const busy = admittedAt(...Array.from({ length: 31 }, (_, index) => index * 30));
    expect(coalesce(busy, policy, time(899))).toEqual({ kind: "wait", until: time(900) });
    expect(coalesce(busy, policy, time(900)).kind).toBe("train");
  });

  test("trains because of the batches that wait, and of no other", () => {
    const asked = evolve(admittedAt(0, 1), { kind: "training-asked", batches: [id(0), id(1)] });
    expect(coalesce(admit(asked, 2, 100), policy, time(160))).toEqual({
      kind: "train",
      because: [id(2)],
    });
  });
});

describe("the look after an admission", () => {
  test("is set going by the first batch to wait, for the end of its quiet period", () => {
    expect(lookAfterAdmission(admittedAt(0), id(0), policy, time(0))).toEqual(time(60));
  });

  test("is not set going again by those that follow: it moves itself on", () => {
    expect(lookAfterAdmission(admittedAt(0, 10), id(1), policy, time(10))).toBeUndefined();
  });

  test("is set going by a later batch where it should have come long ago and has not", () => {
    expect(lookAfterAdmission(admittedAt(0, 2000), id(1), policy, time(2000))).toEqual(time(900));
  });

  test("is not set going for a batch that waits no longer", () => {
    const asked = evolve(admittedAt(0), { kind: "training-asked", batches: [id(0)] });
    expect(lookAfterAdmission(asked, id(0), policy, time(1))).toBeUndefined();
  });
});

/**
 * A world of drops and looks: a drop may be announced again at any later time, a step may stop between two effects and
 * be done again, messages with the same identity that are still under way are one.
 */
function play(script: readonly { readonly kind: "drop" | "again" | "look" | "crash"; readonly pick: number }[]) {
  let state = initial("digits");
  let now = 0;
  let dropped = 0;
  let looks: number[] = [];
  const commands: { readonly batches: readonly string[]; readonly because: readonly string[] }[] = [];

  const announce = (index: number, admittedSeconds: number) => {
    state = admit(state, index, admittedSeconds);
    const look = lookAfterAdmission(state, id(index), policy, time(now));
    if (look) looks.push((look.getTime() - start) / 1000);
  };
  const arrivals: number[] = [];
  const lookNow = (crash: boolean) => {
    const step = coalesce(state, policy, time(now));
    if (step.kind === "wait") looks.push((step.until.getTime() - start) / 1000);
    if (step.kind !== "train") return;
    const all = state.batches.map(({ batch }) => batch);
    const same = (batches: readonly string[]) => batches.join() === all.join();
    if (!commands.some(({ batches }) => same(batches))) commands.push({ batches: all, because: step.because });
    if (crash) {
      looks.push(now);
      return;
    }
    state = evolve(state, { kind: "training-asked", batches: all });
    if (state.pending) looks.push((dueAt(state.pending, policy).getTime() - start) / 1000);
  };
  const takeLook = (pick: number, crash: boolean) => {
    const look = looks[pick % looks.length];
    if (look === undefined) return;
    looks = looks.filter((_, index) => index !== pick % looks.length);
    now = Math.max(now, look);
    lookNow(crash);
  };

  for (const { kind, pick } of script) {
    now += pick;
    if (kind === "drop") {
      arrivals.push(now);
      announce(dropped, now);
      dropped += 1;
    } else if (kind === "again" && dropped > 0) announce(pick % dropped, arrivals[pick % dropped] ?? 0);
    else if (kind === "look") takeLook(pick, false);
    else if (kind === "crash") takeLook(pick, true);
  }
  for (let left = 1000; looks.length > 0 && left > 0; left -= 1) takeLook(0, false);
  return { state, commands, dropped, looks };
}

describe("any order and duplication of drops and looks", () => {
  const script = fc.array(
    fc.record({ kind: fc.constantFrom("drop", "again", "look", "crash"), pick: fc.nat(120) } as const),
    { maxLength: 40 },
  );

  test("ends with nothing waiting, no look left, and every batch admitted", () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { state, dropped, looks } = play(steps);
        expect(state.pending).toBeNull();
        expect(looks).toEqual([]);
        expect(state.batches.map(({ batch }) => batch)).toEqual(
          Array.from({ length: dropped }, (_, index) => id(index)),
        );
      }),
    );
  });

  test("asks for each batch first in exactly one command, and names it in every later one", () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { commands, dropped } = play(steps);
        for (let index = 0; index < dropped; index += 1) {
          const first = commands.findIndex(({ batches }) => batches.includes(id(index)));
          expect(first).toBeGreaterThanOrEqual(0);
          expect(commands[first]?.because).toContain(id(index));
          for (const { batches } of commands.slice(first)) expect(batches).toContain(id(index));
        }
        expect(new Set(commands.map(({ batches }) => batches.join())).size).toBe(commands.length);
      }),
    );
  });
});
