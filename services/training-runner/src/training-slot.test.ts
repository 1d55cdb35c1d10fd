import type { TrainingSlot } from "@ratchet/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Ask,
  emptySlot,
  eventOf,
  evolve,
  type Ground,
  nextStep,
  type SlotEvent,
  type Step,
} from "./training-slot.ts";

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

function decide(slot: TrainingSlot, wish: Ask, from = ground()): { readonly slot: TrainingSlot; readonly step: Step } {
  const step = nextStep(slot, wish, from);
  const event = eventOf(step, wish);
  return { step, slot: event ? evolve(slot, event) : slot };
}
const given = (...wishes: readonly Ask[]) =>
  wishes.reduce((slot, wish) => decide(slot, wish).slot, emptySlot("digits"));
const ended = (slot: TrainingSlot): TrainingSlot =>
  evolve(slot, { kind: "ended", runId: slot.running?.runId ?? "none" });

describe("a wish to train", () => {
  test("starts a run where the slot is free, with the next version number", () => {
    const { step, slot } = decide(emptySlot("digits"), ask("m1", [1, 2]));
    expect(step).toMatchObject({ kind: "start", run: { version: "1", batches: [id(1), id(2)], command: "m1" } });
    expect(slot.running?.runId).toMatch(/^digits-[0-9a-f]{16}$/);
    expect(decide(ended(slot), ask("m2", [1, 2, 3])).step).toMatchObject({ kind: "start", run: { version: "2" } });
  });

  test("resumes its own claim when its message is delivered again", () => {
    const slot = given(ask("m1", [1]));
    expect(decide(slot, ask("m1", [1])).step).toEqual({ kind: "resume", run: slot.running });
  });

  test("waits behind the running run, together with all else that is asked meanwhile", () => {
    const { step, slot } = decide(given(ask("m1", [1]), ask("m2", [1, 2])), ask("m3", [3], { reason: "schedule" }));
    expect(step).toEqual({ kind: "queue", behind: slot.running?.runId });
    expect(slot.waiting).toEqual({ batches: [id(1), id(2), id(3)], reason: "schedule" });
  });

  test("takes in, when it starts, all that waited", () => {
    const free = ended(given(ask("m1", [1]), ask("m2", [2]), ask("m3", [3], { reason: "request" })));
    const { step, slot } = decide(free, ask("m4", [4]));
    expect(step).toMatchObject({ kind: "start", run: { batches: [id(2), id(3), id(4)], reason: "request" } });
    expect(slot.waiting).toBeNull();
  });

  test("is ignored where the running run does it already", () => {
    expect(decide(given(ask("m1", [1, 2])), ask("m2", [1])).step.kind).toBe("ignore");
    expect(decide(given(ask("m1", [1, 2])), ask("m2", [1], { reason: "request" })).step.kind).toBe("ignore");
  });

  test("is not ignored where the project has been applied anew and somebody asks for it", () => {
    const changed = ground({ definitionVersion: "fedcba9876543210" });
    expect(decide(given(ask("m1", [1])), ask("m2", [1], { reason: "request" }), changed).step.kind).toBe("queue");
  });

  test("is ignored where a run on the same input has ended, whoever asks", () => {
    const free = ended(given(ask("m1", [1])));
    for (const reason of ["data", "schedule", "request"] as const)
      expect(decide(free, ask("m2", [1], { reason })).step.kind).toBe("ignore");
  });

  test("starts on the same input again where the request says so, once per request", () => {
    const free = ended(given(ask("m1", [1])));
    const { step, slot } = decide(free, ask("m2", [1], { reason: "request", again: "r-1" }));
    expect(step.kind).toBe("start");
    expect(decide(slot, ask("m3", [1], { reason: "request", again: "r-1" })).step.kind).toBe("ignore");
    expect(decide(slot, ask("m4", [1], { reason: "request", again: "r-2" })).step.kind).toBe("queue");
    expect(decide(ended(slot), ask("m5", [1], { reason: "request", again: "r-1" })).step.kind).toBe("ignore");
  });

  test("starts on the same batches from a new champion where it is asked for, but not where data alone came late", () => {
    const free = ended(given(ask("m1", [1, 2])));
    const promoted = ground({ warmStart: { version: "1", runId: "digits-0000000000000001" } });
    expect(decide(free, ask("m2", [1, 2], { reason: "schedule" }), promoted).step.kind).toBe("start");
    expect(decide(free, ask("m2", [1]), promoted).step.kind).toBe("ignore");
  });

  test("is not done twice because its message comes again after its run has ended and the champion has changed", () => {
    const free = ended(given(ask("m1", [1], { reason: "request" })));
    const promoted = ground({ warmStart: { version: "1", runId: "digits-0000000000000001" } });
    expect(decide(free, ask("m1", [1], { reason: "request" }), promoted).step.kind).toBe("ignore");
  });

  test("can be replayed after its claim was given up", () => {
    const claimed = given(ask("m1", [1]), ask("m2", [2]));
    const released = evolve(claimed, { kind: "released", runId: claimed.running?.runId ?? "" });
    expect(released.running).toBeNull();
    expect(decide(released, ask("m1", [1])).step).toMatchObject({ kind: "start", run: { batches: [id(1), id(2)] } });
  });
});

describe("an event that concerns the slot no more", () => {
  test.each<SlotEvent>([
    { kind: "ended", runId: "digits-00000000000000ff" },
    { kind: "released", runId: "digits-00000000000000ff" },
    { kind: "settled", command: "m1" },
  ])("$kind changes nothing", (event) => {
    const slot = given(ask("m1", [1]));
    expect(evolve(slot, event)).toBe(slot);
  });
});

/** Plays wishes and ends in any order, with redeliveries; what waits is sent again when the slot comes free, at least once. */
function play(script: readonly { readonly kind: "ask" | "again" | "end" | "promote"; readonly pick: number }[]) {
  let slot = emptySlot("digits");
  let warmStart: Ground["warmStart"] = null;
  const sent: Ask[] = [];
  const runs: { readonly runId: string; readonly version: string; readonly batches: readonly string[] }[] = [];
  const inBox: Ask[] = [];
  const deliver = (wish: Ask) => {
    const before = slot.running;
    const { step, slot: next } = decide(slot, wish, ground({ warmStart }));
    if (step.kind === "start") {
      expect(before).toBeNull();
      runs.push(step.run);
    }
    slot = next;
  };
  const end = (runId: string) => {
    slot = evolve(slot, { kind: "ended", runId });
    if (!slot.running && slot.waiting) inBox.push({ ...slot.waiting, command: `after-${runId}` });
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
