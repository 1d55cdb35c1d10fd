import type { AskedAdmissions } from "@ratchet/contracts";
import { type Admissions, allAdmissions, noneAsked } from "@ratchet/state";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evolve } from "../admissions.ts";
import { coalesce, dueAt, isOverdue, lookAfterAdmission, sweepSlack } from "./coalesce.ts";
import { lookSlack } from "./send-look.ts";

const policy = { quietPeriod: 60_000, maxWait: 900_000 };
const start = Date.UTC(2026, 10, 23, 9);
const time = (seconds: number) => new Date(start + seconds * 1000);
const id = (index: number) => index.toString(16).padStart(16, "0");

type Log = Parameters<typeof allAdmissions>[1];

const admit = (log: Log, index: number, seconds: number): Log => [
  ...log,
  {
    entry: { kind: "admitted", batch: id(index), file: `${index}.csv`, at: time(seconds).toISOString() },
    position: log.length + 1,
  },
];

const nothing = noneAsked("digits");

const logOf = (...seconds: readonly number[]): Log =>
  seconds.reduce<Log>((log, at, index) => admit(log, index, at), []);

const admittedAt = (...seconds: readonly number[]): Admissions => allAdmissions(nothing, logOf(...seconds));

describe("coalescing", () => {
  test("has nothing to do where nothing waits", () => {
    expect(coalesce(allAdmissions(nothing, []), policy, time(0))).toEqual({ kind: "nothing" });
  });

  test("waits until nothing has come for the quiet period", () => {
    expect(coalesce(admittedAt(0, 30), policy, time(61))).toEqual({ kind: "wait", until: time(90) });
  });

  test("does not wait beyond the longest wait, however much comes", () => {
    const busy = admittedAt(...Array.from({ length: 31 }, (_, index) => index * 30));
    expect(coalesce(busy, policy, time(899))).toEqual({ kind: "wait", until: time(900) });
    expect(coalesce(busy, policy, time(900)).kind).toBe("train");
  });

  test.each([
    ["the quiet period", [0, 30], 90],
    ["the longest wait", Array.from({ length: 31 }, (_, index) => index * 30), 900],
  ])("is due at the very end of %s, and not a millisecond before", (_what, seconds, end) => {
    const state = admittedAt(...seconds);
    const step = (milliseconds: number) => coalesce(state, policy, new Date(time(end).getTime() + milliseconds)).kind;
    expect([-1, 0, 1].map(step)).toEqual(["wait", "train", "train"]);
    expect(state.pending && dueAt(state.pending, policy)).toEqual(time(end));
  });

  test("waits for what is on its way, looking again soon, up to the longest wait", () => {
    const step = (now: number, ...since: readonly number[]) =>
      coalesce(admittedAt(0, 30), policy, time(now), since.map(time));
    expect(step(90, 20)).toEqual({ kind: "wait", until: time(92) });
    expect(step(319.9, 20).kind).toBe("wait");
    expect(step(320, 20).kind).toBe("train");
    expect(step(320, 20, 21).kind).toBe("wait");
    expect(step(899, 890)).toEqual({ kind: "wait", until: time(900) });
    expect(step(900, 890).kind).toBe("train");
    expect(step(60, 20)).toEqual({ kind: "wait", until: time(90) });
  });

  test("takes the earlier of both ends: a longest wait that is shorter than the quiet period counts", () => {
    const { pending } = admittedAt(0);
    expect(pending && dueAt(pending, { quietPeriod: 900_000, maxWait: 60_000 })).toEqual(time(60));
  });

  test("trains because of the batches that wait, and of no other", () => {
    const asked = evolve(nothing, { kind: "training-asked", position: 2 });
    expect(coalesce(allAdmissions(asked, admit(logOf(0, 1), 2, 100)), policy, time(160))).toEqual({
      kind: "train",
      because: [id(2)],
    });
  });
});

describe("the look after an admission", () => {
  test("is set going by the first batch to wait, for the end of its quiet period", () => {
    expect(lookAfterAdmission(admittedAt(0), id(0), policy)).toEqual(time(60));
  });

  test("is not set going again by those that follow: it moves itself on", () => {
    expect(lookAfterAdmission(admittedAt(0, 10), id(1), policy)).toBeUndefined();
  });

  test("is not set going for a batch that waits no longer", () => {
    const asked = evolve(nothing, { kind: "training-asked", position: 1 });
    expect(lookAfterAdmission(allAdmissions(asked, logOf(0)), id(0), policy)).toBeUndefined();
  });
});

describe("batches whose look is lost", () => {
  test("are overdue a minute after they were due, and not a millisecond before", () => {
    expect(sweepSlack).toBe(60_000);
    const { pending } = admittedAt(0);
    const overdue = (milliseconds: number) =>
      pending && isOverdue(pending, policy, new Date(time(120).getTime() + milliseconds));
    expect([-1, 0, 1].map(overdue)).toEqual([false, true, true]);
  });

  test("have a look that comes a second after they are due, for clocks that are a little behind", () => {
    expect(lookSlack).toBe(1000);
    expect(lookSlack).toBeLessThan(sweepSlack);
  });
});

/**
 * A world of drops and looks: a drop may be announced again at any later time, a step may stop between two effects and
 * be done again, a look may be lost, and of looks with the same identity the broker delivers one. At the end a sweep goes on.
 */
function play(script: readonly { readonly kind: (typeof kinds)[number]; readonly pick: number }[]) {
  let asked: AskedAdmissions = nothing;
  let log: Log = [];
  let now = 0;
  let dropped = 0;
  let looks: number[] = [];
  const sentLooks = new Set<number>();
  const commands: { readonly batches: readonly string[]; readonly because: readonly string[] }[] = [];

  const state = () => allAdmissions(asked, log);
  const sendLook = (due: Date) => {
    const seconds = (due.getTime() - start) / 1000;
    if (!sentLooks.has(seconds)) looks.push(seconds);
    sentLooks.add(seconds);
  };
  const announce = (index: number, admittedSeconds: number) => {
    log = admit(log, index, admittedSeconds);
    const look = lookAfterAdmission(state(), id(index), policy);
    if (look) sendLook(look);
  };
  const arrivals: number[] = [];
  const lookNow = (crash: boolean) => {
    const step = coalesce(state(), policy, time(now));
    if (step.kind === "wait") sendLook(step.until);
    if (step.kind !== "train") return;
    const { position, batches: admitted } = state();
    const all = admitted.map(({ batch }) => batch);
    const same = (batches: readonly string[]) => batches.join() === all.join();
    if (!commands.some(({ batches }) => same(batches))) commands.push({ batches: all, because: step.because });
    if (crash) {
      looks.push(now);
      return;
    }
    asked = evolve(asked, { kind: "training-asked", position });
    const { pending } = state();
    if (pending) sendLook(dueAt(pending, policy));
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
    else if (kind === "lose") looks = looks.filter((_, index) => index !== pick % looks.length);
  }
  for (let left = 1000; looks.length > 0 && left > 0; left -= 1) takeLook(0, false);
  const { pending } = state();
  if (pending) {
    now = Math.max(now, (dueAt(pending, policy).getTime() + sweepSlack - start) / 1000);
    if (isOverdue(pending, policy, time(now))) lookNow(false);
  }
  return { state: state(), commands, dropped, looks };
}

const kinds = ["drop", "again", "look", "crash", "lose"] as const;

describe("any order, duplication and loss of drops and looks", () => {
  const script = fc.array(fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(120) }), { maxLength: 40 });

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
