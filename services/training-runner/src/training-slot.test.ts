import type { TrainingSlot } from "@ratchet/contracts";
import { moved } from "@ratchet/state";
import { given } from "@ratchet/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Ask,
  dueIn,
  evolve,
  type Ground,
  type SlotCommand,
  type SlotEvent,
  slotDeciderOf,
} from "./training-slot.ts";

const digits = slotDeciderOf("digits");

const id = (index: number) => index.toString(16).padStart(16, "0");
const ask = (command: string, batches: readonly number[], more: Partial<Ask> = {}): Ask => ({
  command,
  batches: batches.map(id),
  reason: "data",
  ...more,
});
const ground = (more: Partial<Ground> = {}): Ground => ({
  definitionVersion: "0123456789abcdef",
  warmStart: null,
  at: "2026-11-23T09:00:00.000Z",
  ...more,
});
const train = (wish: Ask, from = ground()): SlotCommand => ({ kind: "train", ask: wish, ground: from });
const promoted = ground({ warmStart: { version: "1", runId: "digits-0000000000000001" } });

/** The slot after a command. */
const after = (slot: TrainingSlot, command: SlotCommand): TrainingSlot => moved(digits, slot, command).after;

/** What has happened because of wishes, and of the end or the release of whichever run then held the slot. */
function past(...commands: readonly (Ask | "end" | "release")[]): readonly SlotEvent[] {
  let slot = digits.initial;
  return commands.flatMap((next) => {
    const runId = slot.running?.runId ?? "none";
    const move = moved(digits, slot, typeof next === "string" ? { kind: next, runId } : train(next));
    slot = move.after;
    return move.events;
  });
}

type Run = Extract<SlotEvent, { readonly kind: "claimed" }>["run"];
const claimed = (run: Partial<Run> = {}): SlotEvent => ({ kind: "claimed", run: expect.objectContaining(run) });
const settled = (command: string): SlotEvent => ({ kind: "settled", command, why: expect.any(String) });

describe("a wish to train", () => {
  test("starts a run where the slot is free, with the next version number", () => {
    const runId = expect.stringMatching(/^digits-[0-9a-f]{16}$/);
    given(digits)
      .when(train(ask("m1", [1, 2])))
      .then(claimed({ version: "1", batches: [id(1), id(2)], command: "m1", runId }));
    given(digits, ...past(ask("m1", [1, 2]), "end"))
      .when(train(ask("m2", [1, 2, 3])))
      .then(claimed({ version: "2" }));
  });

  test("finds its own claim when its message is delivered again, to go on with it", () => {
    const held = given(digits, ...past(ask("m1", [1])));
    held.when(train(ask("m1", [1]))).thenNothing();
    expect(after(held.state, train(ask("m1", [1])))).toBe(held.state);
    expect(held.state.running).toMatchObject({ command: "m1", version: "1" });
  });

  test("waits behind the running run, together with all else that is asked meanwhile", () => {
    const held = given(digits, ...past(ask("m1", [1]), ask("m2", [1, 2])));
    const wish = ask("m3", [3], { reason: "schedule" });
    held.when(train(wish)).then({ kind: "queued", ask: wish, behind: held.state.running?.runId ?? "" });
    expect(after(held.state, train(wish)).waiting).toEqual({ batches: [id(1), id(2), id(3)], reason: "schedule" });
  });

  test("takes in, when it starts, all that waited", () => {
    const waited = past(ask("m1", [1]), ask("m2", [2]), ask("m3", [3], { reason: "request" }), "end");
    const free = given(digits, ...waited);
    free.when(train(ask("m4", [4]))).then(claimed({ batches: [id(2), id(3), id(4)], reason: "request" }));
    expect(after(free.state, train(ask("m4", [4]))).waiting).toBeNull();
  });

  test("is settled where the running run does it already", () => {
    const held = given(digits, ...past(ask("m1", [1, 2])));
    held.when(train(ask("m2", [1]))).then(settled("m2"));
    held.when(train(ask("m2", [1], { reason: "request" }))).then(settled("m2"));
  });

  test("is not settled where the project has been applied anew and somebody asks for it", () => {
    const held = given(digits, ...past(ask("m1", [1])));
    const wish = ask("m2", [1], { reason: "request" });
    const changed = ground({ definitionVersion: "fedcba9876543210" });
    held.when(train(wish, changed)).then({ kind: "queued", ask: wish, behind: held.state.running?.runId ?? "" });
  });

  test.each(["data", "schedule", "request"] as const)(
    "is settled where a run on the same input has ended, asked for by %s",
    (reason) => {
      given(digits, ...past(ask("m1", [1]), "end"))
        .when(train(ask("m2", [1], { reason })))
        .then(settled("m2"));
    },
  );

  test("starts on the same input again where the request says so, once per request", () => {
    const again = (command: string, request: string) => ask(command, [1], { reason: "request", again: request });
    given(digits, ...past(ask("m1", [1]), "end"))
      .when(train(again("m2", "r-1")))
      .then(claimed({ again: "r-1" }));
    const held = given(digits, ...past(ask("m1", [1]), "end", again("m2", "r-1")));
    held.when(train(again("m3", "r-1"))).then(settled("m3"));
    const another = again("m4", "r-2");
    held.when(train(another)).then({ kind: "queued", ask: another, behind: held.state.running?.runId ?? "" });
    given(digits, ...past(ask("m1", [1]), "end", again("m2", "r-1"), "end"))
      .when(train(again("m5", "r-1")))
      .then(settled("m5"));
  });

  test("starts on the same batches from a new champion where it is asked for, but not where data alone came late", () => {
    const free = given(digits, ...past(ask("m1", [1, 2]), "end"));
    const warmStart = promoted.warmStart;
    free.when(train(ask("m2", [1, 2], { reason: "schedule" }), promoted)).then(claimed({ warmStart }));
    free.when(train(ask("m2", [1]), promoted)).then(settled("m2"));
  });

  test("is not done twice because its message comes again after its run has ended and the champion has changed", () => {
    given(digits, ...past(ask("m1", [1], { reason: "request" }), "end"))
      .when(train(ask("m1", [1], { reason: "request" }), promoted))
      .thenNothing();
  });

  test("can be replayed after its claim was given up", () => {
    const released = given(digits, ...past(ask("m1", [1]), ask("m2", [2]), "release"));
    expect(released.state.running).toBeNull();
    released.when(train(ask("m1", [1]))).then(claimed({ batches: [id(1), id(2)] }));
  });
});

describe("what waits", () => {
  test("is due when the slot comes free, by the run's end or by its release, and stays until it is taken in", () => {
    const wishes = [ask("m1", [1]), ask("m2", [1, 2], { reason: "schedule" })];
    expect(dueIn(given(digits, ...past(...wishes)).state)).toBeNull();
    for (const how of ["end", "release"] as const) {
      const { state } = given(digits, ...past(...wishes, how));
      expect(dueIn(state)).toEqual({ batches: [id(1), id(2)], reason: "schedule" });
      expect(dueIn(after(state, train(ask("m3", [1, 2]))))).toBeNull();
    }
  });

  test("is not due where nothing waits", () => {
    expect(dueIn(digits.initial)).toBeNull();
    expect(dueIn(given(digits, ...past(ask("m1", [1]), "end")).state)).toBeNull();
  });
});

describe("a run that does not hold the slot", () => {
  test.each(["end", "release"] as const)("changes nothing by its %s", (kind) => {
    given(digits, ...past(ask("m1", [1])))
      .when({ kind, runId: "digits-00000000000000ff" })
      .thenNothing();
  });

  test("changes nothing by an end that is told again", () => {
    const claims = past(ask("m1", [1]));
    const { state } = given(digits, ...claims);
    const end = { kind: "end", runId: state.running?.runId ?? "" } as const;
    given(digits, ...claims)
      .when(end)
      .then({ kind: "ended", runId: end.runId });
    given(digits, ...past(ask("m1", [1]), "end"))
      .when(end)
      .thenNothing();
  });
});

describe("an event that concerns the slot no more", () => {
  test.each<SlotEvent>([
    { kind: "ended", runId: "digits-00000000000000ff" },
    { kind: "released", runId: "digits-00000000000000ff" },
    { kind: "settled", command: "m1", why: "it was taken in before" },
  ])("$kind changes nothing", (event) => {
    const { state } = given(digits, ...past(ask("m1", [1])));
    expect(evolve(state, event)).toBe(state);
  });
});

/** Plays wishes and ends in any order, with redeliveries; what waits is sent again when the slot comes free, at least once. */
function play(script: readonly { readonly kind: "ask" | "again" | "end" | "promote"; readonly pick: number }[]) {
  let slot = digits.initial;
  let warmStart: Ground["warmStart"] = null;
  const sent: Ask[] = [];
  const runs: { readonly runId: string; readonly version: string; readonly batches: readonly string[] }[] = [];
  const inBox: Ask[] = [];
  const deliver = (wish: Ask) => {
    const { before, events, after } = moved(digits, slot, train(wish, ground({ warmStart })));
    for (const event of events)
      if (event.kind === "claimed") {
        expect(before.running).toBeNull();
        runs.push(event.run);
      }
    slot = after;
  };
  const end = (runId: string) => {
    slot = after(slot, { kind: "end", runId });
    const due = dueIn(slot);
    if (due) inBox.push({ ...due, command: `after-${runId}` });
  };
  const wish = (pick: number): Ask => {
    const reason = (["data", "data", "schedule", "request"] as const)[pick % 4] ?? "data";
    // As the data-watcher has it: every command names all batches admitted so far.
    const batches = Array.from({ length: 1 + sent.length }, (_, index) => id(index));
    return { command: `m${sent.length}`, batches, reason, ...(pick % 16 === 15 ? { again: `r${pick}` } : {}) };
  };
  for (const { kind, pick } of script) {
    if (kind === "ask") {
      const next = wish(pick);
      sent.push(next);
      // Some are delivered late, and so after newer ones.
      if (pick % 3 === 0) inBox.push(next);
      else deliver(next);
    } else if (kind === "again") {
      const known = sent[pick % Math.max(1, sent.length)];
      if (known) deliver(known);
      const late = inBox.splice(pick % Math.max(1, inBox.length), 1)[0];
      if (late) deliver(late);
    } else if (kind === "end") end((pick % 2 ? runs.at(-1) : runs[pick % Math.max(1, runs.length)])?.runId ?? "none");
    else warmStart = { version: String(pick), runId: id(pick) };
  }
  for (let left = 200; left > 0 && (inBox.length > 0 || slot.running); left -= 1) {
    const late = inBox.shift();
    if (late) deliver(late);
    else end(slot.running?.runId ?? "");
  }
  return { slot, sent, runs };
}

describe("any order, duplication and interleaving of wishes and ends", () => {
  const script = fc.array(
    fc.record({ kind: fc.constantFrom("ask", "again", "end", "promote"), pick: fc.nat(63) } as const),
    { maxLength: 50 },
  );

  test("leaves one run at a time, each with an id and a version of its own, and nothing waiting at the end", () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { slot, runs } = play(steps);
        expect(slot.running).toBeNull();
        expect(slot.waiting).toBeNull();
        expect(new Set(runs.map(({ runId }) => runId)).size).toBe(runs.length);
        expect(new Set(runs.map(({ version }) => version)).size).toBe(runs.length);
      }),
      { numRuns: 500 },
    );
  });

  test("has every batch trained that was asked for, together with all it was asked for with", () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { sent, runs } = play(steps);
        for (const { batches } of sent)
          expect(runs.some((run) => batches.every((batch) => run.batches.includes(batch)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("trains no more often than it was asked to", () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { sent, runs } = play(steps);
        expect(runs.length).toBeLessThanOrEqual(sent.length);
      }),
    );
  });
});
