import { createHash } from "node:crypto";
import type { DatasetRef, TrainingSlot } from "@ratchet/contracts";
import { moved } from "@ratchet/state";
import { given } from "@ratchet/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evolve, type Outcome, type SlotEvent } from "./slot-events.ts";
import { askedAgainAfter, dueIn, patienceAfter, type SlotCommand, slotDeciderOf, startable } from "./training-slot.ts";
import { type Ask, type Ground, merge, SlotMovedError } from "./wish.ts";

const real = slotDeciderOf("digits");

/** What there is up to a position, of one more batch at each. */
const dataUpTo = (through = 99): DatasetRef => ({
  digest: createHash("sha256").update(String(through)).digest("hex"),
  through,
  batches: through,
});

/** The slot's decider, told of the data as whoever asks finds it: as it is wanted of the slot. */
const digits: typeof real = {
  ...real,
  decide(slot, command) {
    if (command.kind !== "train" || command.ground.described) return real.decide(slot, command);
    const wish = startable(slot, command.ask);
    const described = wish ? { through: wish.through, dataset: dataUpTo(wish.through) } : undefined;
    return real.decide(slot, { ...command, ground: { ...command.ground, described } });
  },
};

const start = Date.UTC(2026, 10, 23, 9);
const hour = 3_600_000;
const at = (hours: number) => new Date(start + hours * hour).toISOString();

const id = (index: number) => index.toString(16).padStart(16, "0");
/** A wish for what the log has up to a position. */
const ask = (command: string, through: number, more: Partial<Ask> = {}): Ask => ({
  command,
  through,
  reason: "data",
  ...more,
});
const ground = (more: Partial<Ground> = {}): Ground => ({
  definitionVersion: "0123456789abcdef",
  warmStart: null,
  attempts: 1,
  startTimeout: 86_400_000,
  budget: undefined,
  described: undefined,
  at: at(0),
  ...more,
});
const train = (wish: Ask, from = ground()): SlotCommand => ({ kind: "train", ask: wish, ground: from });
const promoted = ground({ warmStart: { version: "1", runId: "digits-0000000000000001" } });

/** The slot after a command. */
const after = (slot: TrainingSlot, command: SlotCommand): TrainingSlot => moved(digits, slot, command).after;

/** The end of whichever run holds the slot: it ran for an hour. */
const endOf = (slot: TrainingSlot, more: Partial<Outcome> = {}): SlotCommand => {
  const { runId = "none", version } = slot.running ?? {};
  return { kind: "end", runId, outcome: { status: "completed", version, startedAt: at(0), endedAt: at(1), ...more } };
};
const releaseOf = ({ running }: TrainingSlot, trouble?: string, when = at(0)): SlotCommand => ({
  kind: "release",
  claim: running ?? { runId: "none", claimedAt: at(0), definitionVersion: "none" },
  at: when,
  ...(trouble === undefined ? {} : { trouble }),
});

type Past = Ask | SlotCommand | "end" | "fail" | "cancel" | "release" | "trouble";

function commandOf(next: Past, slot: TrainingSlot): SlotCommand {
  if (next === "end") return endOf(slot);
  if (next === "fail") return endOf(slot, { status: "failed", version: undefined });
  if (next === "cancel") return endOf(slot, { status: "canceled", version: undefined });
  if (next === "release") return releaseOf(slot);
  if (next === "trouble") return releaseOf(slot, "The compute 'gpu' does not exist");
  return "command" in next ? train(next) : next;
}

/** What has happened because of wishes, and of the end or the release of whichever run then held the slot. */
function past(...commands: readonly Past[]): readonly SlotEvent[] {
  let slot = digits.initial;
  return commands.flatMap((next) => {
    const move = moved(digits, slot, commandOf(next, slot));
    slot = move.after;
    return move.events;
  });
}
const slotAfter = (...commands: readonly Past[]): TrainingSlot => given(digits, ...past(...commands)).state;

type Run = Extract<SlotEvent, { readonly kind: "claimed" }>["run"];
const claimed = (run: Partial<Run> = {}): SlotEvent => ({ kind: "claimed", run: expect.objectContaining(run) });
const settled = (command: string): SlotEvent => ({ kind: "settled", command, why: expect.any(String) });

describe("a wish to train", () => {
  test("starts a run where the slot is free, with the next version number", () => {
    const runId = expect.stringMatching(/^digits-[0-9a-f]{16}$/);
    given(digits)
      .when(train(ask("m1", 2)))
      .then(claimed({ version: "1", dataset: dataUpTo(2), command: "m1", runId }));
    given(digits, ...past(ask("m1", 2), "end"))
      .when(train(ask("m2", 3)))
      .then(claimed({ version: "2" }));
  });

  test("finds its own claim when its message is delivered again, to go on with it", () => {
    const held = given(digits, ...past(ask("m1", 1)));
    held.when(train(ask("m1", 1))).thenNothing();
    expect(after(held.state, train(ask("m1", 1)))).toBe(held.state);
    expect(held.state.running).toMatchObject({ command: "m1", version: "1" });
  });

  test("waits behind the running run, together with all else that is asked meanwhile", () => {
    const held = given(digits, ...past(ask("m1", 1), ask("m2", 2)));
    const wish = ask("m3", 3, { reason: "schedule" });
    held.when(train(wish)).then({ kind: "queued", ask: wish, behind: held.state.running?.runId ?? "" });
    expect(after(held.state, train(wish)).waiting).toEqual({ through: 3, reason: "schedule" });
  });

  test("takes in, when it starts, all that waited", () => {
    const waited = past(ask("m1", 1), ask("m2", 2), ask("m3", 3, { reason: "request" }), "end");
    const free = given(digits, ...waited);
    free.when(train(ask("m4", 4))).then(claimed({ dataset: dataUpTo(4), reason: "request" }));
    expect(after(free.state, train(ask("m4", 4))).waiting).toBeNull();
  });

  test("is settled where the running run does it already", () => {
    const held = given(digits, ...past(ask("m1", 2)));
    held.when(train(ask("m2", 1))).then(settled("m2"));
    held.when(train(ask("m2", 1, { reason: "request" }))).then(settled("m2"));
  });

  test("is not settled where the project has been applied anew and somebody asks for it", () => {
    const held = given(digits, ...past(ask("m1", 1)));
    const wish = ask("m2", 1, { reason: "request" });
    const changed = ground({ definitionVersion: "fedcba9876543210" });
    held.when(train(wish, changed)).then({ kind: "queued", ask: wish, behind: held.state.running?.runId ?? "" });
  });

  test.each(["data", "schedule", "request"] as const)(
    "is settled where a run on the same input has ended, asked for by %s",
    (reason) => {
      given(digits, ...past(ask("m1", 1), "end"))
        .when(train(ask("m2", 1, { reason })))
        .then(settled("m2"));
    },
  );

  test("starts on the same input again where the request says so, once per request", () => {
    const again = (command: string, request: string) => ask(command, 1, { reason: "request", again: request });
    given(digits, ...past(ask("m1", 1), "end"))
      .when(train(again("m2", "r-1")))
      .then(claimed({ again: "r-1" }));
    const held = given(digits, ...past(ask("m1", 1), "end", again("m2", "r-1")));
    held.when(train(again("m3", "r-1"))).then(settled("m3"));
    const another = again("m4", "r-2");
    held.when(train(another)).then({ kind: "queued", ask: another, behind: held.state.running?.runId ?? "" });
    given(digits, ...past(ask("m1", 1), "end", again("m2", "r-1"), "end"))
      .when(train(again("m5", "r-1")))
      .then(settled("m5"));
  });

  test("starts on the same batches from a new champion where it is asked for, but not where data alone came late", () => {
    const free = given(digits, ...past(ask("m1", 2), "end"));
    const warmStart = promoted.warmStart;
    free.when(train(ask("m2", 2, { reason: "schedule" }), promoted)).then(claimed({ warmStart }));
    free.when(train(ask("m2", 1), promoted)).then(settled("m2"));
  });

  test("is not done twice because its message comes again after its run has ended and the champion has changed", () => {
    given(digits, ...past(ask("m1", 1, { reason: "request" }), "end"))
      .when(train(ask("m1", 1, { reason: "request" }), promoted))
      .thenNothing();
  });

  test("that is replayed after its claim was given up takes up what waits, and itself with it", () => {
    const released = given(digits, ...past(ask("m1", 1), ask("m2", 2), "release"));
    expect(released.state.running).toBeNull();
    released.when(train(ask("m1", 1))).then(claimed({ dataset: dataUpTo(2) }));
  });

  test("that comes again when its run has ended and another holds the slot is no new wish", () => {
    const held = given(digits, ...past(ask("m1", 1), "end", ask("m2", 2)));
    held.when(train(ask("m1", 1))).thenNothing();
  });

  test("waits as one with the second and the third, which add to it", () => {
    const slot = slotAfter(ask("m1", 1), ask("m2", 2), ask("m3", 3), ask("m4", 4, { reason: "request" }));
    expect(slot.waiting).toMatchObject({ through: 4, reason: "request" });
    expect(slot.commands).toEqual(["m1", "m2", "m3", "m4"]);
  });
});

describe("the word to take up what waits", () => {
  const takeUp = (command: string) => train(ask(command, 9, { waited: true }));

  test("adds no wish of its own, however often it comes", () => {
    const waiting = given(digits, ...past(ask("m1", 1), ask("m2", 2), "end"));
    waiting.when(takeUp("w1")).then(claimed({ dataset: dataUpTo(2), command: "w1" }));
    given(digits, ...past(ask("m1", 1), ask("m2", 2), "end", ask("w1", 2, { waited: true }), "end"))
      .when(takeUp("w2"))
      .thenNothing();
  });

  test("changes nothing while a run holds the slot", () => {
    given(digits, ...past(ask("m1", 1), ask("m2", 2)))
      .when(takeUp("w1"))
      .thenNothing();
  });

  test("lets go of what has been done on the same input meanwhile", () => {
    const slot = { ...slotAfter(ask("m1", 1), "end"), waiting: { through: 1, reason: "data" as const } };
    expect(after(slot, takeUp("w1")).waiting).toBeNull();
    expect(after(slot, train(ask("m1", 1))).waiting).toBeNull();
  });
});

describe("a run that did not complete", () => {
  test.each(["fail", "cancel"] as const)(
    "(%s) is done again, as another run, where somebody asks for the same",
    (how) => {
      for (const reason of ["schedule", "request"] as const) {
        const first = slotAfter(ask("m1", 1), how);
        const [{ runId: former } = { runId: "" }] = [first.last ?? { runId: "" }];
        const second = after(first, train(ask("m2", 1, { reason })));
        expect(second.running?.runId).not.toBe(former);
        expect(second.running).toMatchObject({ dataset: dataUpTo(1), again: `after ${former}` });
      }
    },
  );

  test("is done again after the second failure and the third, each as a run of its own", () => {
    const again = (command: string) => ask(command, 1, { reason: "schedule" });
    const slot = slotAfter(ask("m1", 1), "fail", again("m2"), "fail", again("m3"), "fail", again("m4"));
    expect(new Set([...slot.ended, slot.running?.runId]).size).toBe(4);
    const done = slotAfter(ask("m1", 1), "fail", again("m2"), "fail", again("m3"), "end");
    given(digits, ...past(ask("m1", 1), "fail", again("m2"), "fail", again("m3"), "end"))
      .when(train(again("m4")))
      .then(settled("m4"));
    expect(done.uncompleted).toHaveLength(2);
  });

  test("is not done again because of data alone that came late, nor by one request that comes twice", () => {
    given(digits, ...past(ask("m1", 2), "fail"))
      .when(train(ask("m2", 1)))
      .then(settled("m2"));
    const asked = (command: string) => ask(command, 1, { reason: "request", again: "r-1" });
    given(digits, ...past(asked("m1"), "fail"))
      .when(train(asked("m2")))
      .then(settled("m2"));
  });
});

describe("a run that failed", () => {
  const tries = (attempts: number) => train(ask("m1", 2), ground({ attempts }));

  test("is not tried again where its definition says nothing of that", () => {
    expect(slotAfter(ask("m1", 1), "fail").waiting).toBeNull();
  });

  test("waits to be tried again as a run of its own, named after it, up to the last attempt", () => {
    let slot = slotAfter(tries(3), "fail");
    for (const attempt of [2, 3]) {
      const former = slot.last?.runId;
      expect(slot.waiting).toMatchObject({ through: 2, reason: "data", attempt });
      expect(slot.waiting?.again).toBe(`${former}/attempt/${attempt}`);
      slot = after(slot, train(ask(`w${attempt}`, 1, { waited: true }), ground({ attempts: 3 })));
      expect(slot.running).toMatchObject({ attempt, attempts: 3 });
      slot = after(slot, endOf(slot, { status: "failed", version: undefined }));
    }
    expect(slot.waiting).toBeNull();
    expect(new Set(slot.ended).size).toBe(3);
  });

  test.each(["canceled", "timed-out", "completed"] as const)("is tried again, but not one that was %s", (status) => {
    const slot = slotAfter(tries(5));
    expect(after(slot, endOf(slot, { status })).waiting).toBeNull();
  });

  test("begins to count anew where its next run is on more than it was", () => {
    const slot = slotAfter(tries(2), ask("m2", 3), "fail");
    expect(slot.waiting).toMatchObject({ through: 3 });
    expect(slot.waiting?.attempt).toBeUndefined();
  });

  test("goes on counting where a wish adds nothing to it", () => {
    const slot = slotAfter(tries(2), "fail", train(ask("m2", 1, { reason: "schedule" }), ground({ attempts: 2 })));
    expect(slot.running).toMatchObject({ attempt: 2, reason: "schedule", dataset: dataUpTo(2) });
  });
});

describe("a claim that is given up", () => {
  test("leaves what it was for waiting, together with what waited behind it, and its message taken in", () => {
    const again = { reason: "request", again: "r-1" } as const;
    const slot = slotAfter(ask("m1", 1, again), ask("m2", 2), "release");
    expect(slot).toMatchObject({
      running: null,
      waiting: { through: 2, ...again },
      commands: ["m1", "m2"],
      ended: [],
    });
    const wish = slotAfter(ask("m1", 1, again), "release", ask("w", 1, { waited: true }));
    expect(wish.running?.again).toBe("r-1");
  });

  test("is only given up itself, not the same run that was claimed anew", () => {
    const first = slotAfter(ask("m1", 1));
    const anew = after(after(first, releaseOf(first)), train(ask("m1", 1), ground({ at: at(2) })));
    expect(anew.running?.runId).toBe(first.running?.runId);
    given(digits, ...past(ask("m1", 1), "release", train(ask("m1", 1), ground({ at: at(2) }))))
      .when(releaseOf(first))
      .thenNothing();
    expect(after(anew, releaseOf(anew)).running).toBeNull();
  });

  test("keeps its attempt", () => {
    const tries = (command: string) => train(ask(command, 1, { waited: true }), ground({ attempts: 2 }));
    const slot = slotAfter(train(ask("m1", 1), ground({ attempts: 2 })), "fail", tries("w1"), "release");
    expect(slot.waiting).toMatchObject({ attempt: 2 });
  });

  test("for trouble waits ten minutes, twice as long each time, and says since when and how often", () => {
    expect([1, 2, 3, 6, 7, 100].map(patienceAfter)).toEqual(
      [10, 20, 40, 320, 360, 360].map((minutes) => minutes * 60_000),
    );
    const once = slotAfter(ask("m1", 1), "trouble");
    expect(once.waiting?.lookAt).toBe(at(1 / 6));
    expect(once.trouble).toEqual({
      since: at(0),
      claims: 1,
      reason: "The compute 'gpu' does not exist",
      definitionVersion: "0123456789abcdef",
      told: false,
    });
    const claim = train(ask("w", 1, { waited: true }), ground({ at: at(1) }));
    const told = slotAfter(ask("m1", 1), "trouble", { kind: "tell-trouble" }, claim);
    const twice = after(told, releaseOf(told, "again", at(1)));
    expect(twice.waiting?.lookAt).toBe(at(1 + 1 / 3));
    expect(twice.trouble).toMatchObject({ since: at(0), claims: 2, reason: "again", told: true });
  });

  test("is forgotten as trouble when a run has ended", () => {
    expect(slotAfter(ask("m1", 1), "trouble", ask("m2", 2), "fail").trouble).toBeUndefined();
  });

  test("for another reason is asked for at once, and again after five minutes", () => {
    expect(askedAgainAfter).toBe(300_000);
    expect(slotAfter(ask("m1", 1), "release").waiting?.lookAt).toBe(at(1 / 12));
  });
});

describe("a model with a budget", () => {
  const budget = { hours: 2, period: 100 * hour };
  const within = (when: number, more: Partial<Ground> = {}) => ground({ at: at(when), budget, ...more });
  /** Two runs, each of an hour, that ended an hour after the start. */
  const usedUp = [ask("m1", 1), "end", ask("m2", 2), "end"] as const;

  test("trains as long as hours are left", () => {
    given(digits, ...past(ask("m1", 1), "end"))
      .when(train(ask("m2", 2), within(2)))
      .then(claimed());
  });

  test("has what is due wait when they are used up, until enough lies a period back", () => {
    const wish = ask("m3", 3);
    const used = given(digits, ...past(...usedUp));
    const reason = "training.budget is used up: runs took 2 of 2 hours within 4.17 days";
    used
      .when(train(wish, within(2)))
      .then({ kind: "held", ask: wish, since: at(2), until: at(101), reason, batches: 3 });
    const slot = after(used.state, train(wish, within(2)));
    expect(slot).toMatchObject({
      running: null,
      waiting: { through: 3, lookAt: at(101), held: { since: at(2), until: at(101), reason, batches: 3, told: false } },
    });
    const still = after(slot, train(ask("w", 1, { waited: true }), within(100)));
    expect(still).toBe(slot);
    expect(after(slot, train(ask("w", 1, { waited: true }), within(101))).running?.dataset).toEqual(dataUpTo(3));
  });

  test("waits as one for all that is asked meanwhile, told once", () => {
    const slot = slotAfter(...usedUp, train(ask("m3", 3), within(2)), { kind: "tell-held" });
    expect(slot.waiting?.held?.told).toBe(true);
    const more = after(slot, train(ask("m4", 4), within(3)));
    expect(more.waiting).toMatchObject({ through: 4, held: { since: at(2), told: true } });
    given(digits, ...past(...usedUp, train(ask("m3", 3), within(2)), { kind: "tell-held" }))
      .when({ kind: "tell-held" })
      .thenNothing();
  });

  test("does not wait for what needs no run", () => {
    given(digits, ...past(...usedUp))
      .when(train(ask("m3", 1), within(2)))
      .then(settled("m3"));
  });

  test("trains beyond it where an operator says so, with his reason, and where he allows more hours", () => {
    const beyondBudget = { reason: "the fair", requestedBy: "ada" };
    const held = [...usedUp, train(ask("m3", 3), within(2))] as const;
    given(digits, ...past(...held))
      .when(train(ask("m4", 3, { reason: "request", beyondBudget }), within(3)))
      .then(claimed({ beyondBudget, dataset: dataUpTo(3) }));
    const allowance = { request: "r-1", hours: 1, reason: "the fair", requestedBy: "ada", at: at(3) };
    given(digits, ...past(...held, { kind: "allow", allowance }))
      .when(train(ask("w", 3, { waited: true }), within(3)))
      .then(claimed({ dataset: dataUpTo(3) }));
    given(digits, ...past(...held, { kind: "allow", allowance }))
      .when({ kind: "allow", allowance: { ...allowance, hours: 5 } })
      .thenNothing();
  });

  test("has a run that failed wait too before it is tried again", () => {
    const slot = slotAfter(ask("m1", 1), "end", train(ask("m2", 2), within(2, { attempts: 2 })), "fail");
    expect(after(slot, train(ask("w", 1, { waited: true }), within(2))).waiting).toMatchObject({
      attempt: 2,
      held: { since: at(2) },
    });
  });

  test("counts what cancelled and failed runs have taken, from when their jobs began to run", () => {
    expect(slotAfter(ask("m1", 1), "fail", ask("m2", 2), "cancel").spent).toEqual([
      { endedAt: at(1), hours: 1 },
      { endedAt: at(1), hours: 1 },
    ]);
  });
});

describe("a run's number", () => {
  test("goes on beyond the one that the registry has confirmed", () => {
    const first = slotAfter(ask("m1", 1));
    const registered = after(first, endOf(first, { version: "7" }));
    expect(after(registered, train(ask("m2", 2))).running?.version).toBe("8");
    const failed = after(first, endOf(first, { status: "failed", version: undefined }));
    expect(after(failed, train(ask("m2", 2))).running?.version).toBe("2");
    const late = after({ ...first, nextVersion: 9 }, endOf(first, { version: "7" }));
    expect(late.nextVersion).toBe(9);
  });
});

describe("what is remembered", () => {
  const many = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

  test("is a thousand ended runs, those that did not complete, and messages, the newest", () => {
    const first = slotAfter(ask("m1", 1));
    const full = {
      ...first,
      ended: many(1000, "digits"),
      uncompleted: many(1000, "digits"),
      commands: many(1000, "command"),
    };
    const ended = after(full, endOf(full, { status: "failed", version: undefined }));
    expect(ended.ended).toEqual([...many(1000, "digits").slice(1), first.running?.runId]);
    expect(ended.uncompleted).toEqual([...many(1000, "digits").slice(1), first.running?.runId]);
    const asked = after(ended, train(ask("m2", 7)));
    expect(asked.commands).toEqual([...many(1000, "command").slice(1), "m2"]);
  });

  test("is a hundred allowances and a hundred jobs that run beside the slot, each said once", () => {
    let slot = digits.initial;
    for (let index = 0; index <= 100; index += 1) {
      slot = after(slot, {
        kind: "allow",
        allowance: { request: `r-${index}`, hours: 1, reason: "the fair", at: at(index) },
      });
      slot = after(slot, { kind: "see-stray", runId: `digits-${index}`, at: at(index) });
    }
    expect(slot.allowed?.map(({ request }) => request)).toEqual(many(101, "r").slice(1));
    expect(slot.strays).toHaveLength(100);
    const seen = { kind: "see-stray", runId: "digits-100", at: at(200) } as const;
    expect(after(slot, seen)).toBe(slot);
    const told = after(slot, { kind: "tell-stray", runId: "digits-100" });
    expect(told.strays?.at(-1)).toEqual({ runId: "digits-100", since: at(100), told: true });
    expect(after(told, { kind: "tell-stray", runId: "digits-100" })).toBe(told);
  });
});

describe("what waits", () => {
  test("is due when the slot comes free, by the run's end or by its release, and stays until it is taken in", () => {
    const wishes = [ask("m1", 1), ask("m2", 2, { reason: "schedule" })];
    expect(dueIn(given(digits, ...past(...wishes)).state)).toBeNull();
    for (const how of ["end", "release"] as const) {
      const { state } = given(digits, ...past(...wishes, how));
      expect(dueIn(state)).toMatchObject({ through: 2, reason: "schedule" });
      expect(dueIn(after(state, train(ask("m3", 2))))).toBeNull();
    }
  });

  test("is asked for again five minutes after the slot came free, and after it was asked for", () => {
    const free = slotAfter(ask("m1", 1), ask("m2", 2), "end");
    expect(free.waiting?.lookAt).toBe(at(1 + 1 / 12));
    expect(after(free, { kind: "ask", at: at(5) }).waiting?.lookAt).toBe(at(5 + 1 / 12));
    const held = slotAfter(ask("m1", 1), ask("m2", 2));
    expect(after(held, { kind: "ask", at: at(5) })).toBe(held);
    expect(after(digits.initial, { kind: "ask", at: at(5) })).toBe(digits.initial);
  });

  test("is not due where nothing waits", () => {
    expect(dueIn(digits.initial)).toBeNull();
    expect(dueIn(given(digits, ...past(ask("m1", 1), "end")).state)).toBeNull();
  });
});

describe("a run that does not hold the slot", () => {
  test("changes nothing by its end, nor by its release", () => {
    const held = given(digits, ...past(ask("m1", 1)));
    held.when(endOf(digits.initial)).thenNothing();
    held.when(releaseOf(digits.initial)).thenNothing();
  });

  test("changes nothing by an end that is told again", () => {
    const claims = past(ask("m1", 1));
    const { state } = given(digits, ...claims);
    const end = endOf(state);
    given(digits, ...claims)
      .when(end)
      .then(expect.objectContaining({ kind: "ended", runId: state.running?.runId }));
    given(digits, ...past(ask("m1", 1), "end"))
      .when(end)
      .thenNothing();
  });
});

describe("an event that concerns the slot no more", () => {
  test.each<SlotEvent>([
    { kind: "ended", runId: "digits-00000000000000ff", outcome: { status: "failed", endedAt: at(0) }, lookAt: at(0) },
    { kind: "released", runId: "digits-00000000000000ff", lookAt: at(0), trouble: undefined },
    { kind: "settled", command: "m1", why: "it was taken in before" },
    { kind: "asked", lookAt: at(0) },
    { kind: "held-told" },
    { kind: "trouble-told" },
  ])("$kind changes nothing", (event) => {
    const { state } = given(digits, ...past(ask("m1", 1)));
    expect(evolve(state, event)).toBe(state);
  });
});

describe("what nobody else would tell apart", () => {
  const endRun = (slot: TrainingSlot): TrainingSlot =>
    after(slot, { kind: "end", runId: slot.running?.runId ?? "", outcome: { status: "completed", endedAt: at(1) } });

  test("a wish because of data that names itself anew is trained, though its batches were trained on", () => {
    const trained = endRun(after(digits.initial, train(ask("m1", 1))));
    expect(after(trained, train(ask("m2", 1))).running).toBeNull();
    expect(after(trained, train(ask("m3", 1, { again: "r" }))).running).toMatchObject({ again: "r" });
  });

  test("what waits and has been trained meanwhile is not trained again when it is taken up", () => {
    const slot = endRun(after(digits.initial, train(ask("m1", 2, { reason: "request" }))));
    const waiting = { ...slot, waiting: { through: 2, reason: "request" as const } };
    const taken = after(waiting, train({ ...ask("m2", 2), waited: true }));
    expect(taken).toMatchObject({ running: null, waiting: null });
  });

  test("a claim is known by run, number and time: the release of another changes nothing", () => {
    const slot = after(digits.initial, train(ask("m1", 1)));
    const claim = slot.running ?? expect.fail("nothing was claimed");
    for (const different of [{ claim: 2 }, { claimedAt: at(7) }, { runId: "digits-00000000000000ff" }])
      expect(after(slot, { kind: "release", claim: { ...claim, ...different }, at: at(1) })).toBe(slot);
    expect(after(slot, { kind: "release", claim, at: at(1) }).running).toBeNull();
  });
});

describe("the data of a run", () => {
  const found = (through: number | undefined, dataset: DatasetRef | null) =>
    ground({ described: { through, dataset } });

  test("is what was found for the wish, without what was withdrawn since", () => {
    const left = { ...dataUpTo(2), digest: "f".repeat(64), batches: 1 };
    const slot = after(digits.initial, train(ask("m1", 2), found(2, left)));
    expect(slot.running?.dataset).toEqual(left);
    expect(slot.running?.runId).not.toBe(slotAfter(ask("m1", 2)).running?.runId);
  });

  test("is all that is admitted where nobody says how far", () => {
    const { through: _, ...all } = ask("m1", 1);
    expect(slotAfter(all).running?.dataset).toEqual(dataUpTo());
    expect(slotAfter(ask("m0", 7), all, ask("m2", 8)).waiting?.through).toBeUndefined();
    expect(merge(merge(null, ask("m1", 7)), all).through).toBeUndefined();
  });

  test("may be nothing, all of it withdrawn: then nothing is trained and nothing waits", () => {
    const none = after(digits.initial, train(ask("m1", 1), found(1, null)));
    expect(none).toMatchObject({ running: null, waiting: null, commands: ["m1"] });
    const waiting = slotAfter(ask("m1", 1), ask("m2", 2), "end");
    const taken = after(waiting, train(ask("m3", 2, { waited: true }), found(2, null)));
    expect(taken).toMatchObject({ running: null, waiting: null });
  });

  test("has to be that of the wish: where the slot has changed since it was looked at, it is looked at again", () => {
    const waiting = slotAfter(ask("m1", 1), ask("m2", 3), "end");
    const foundBefore = train(ask("m3", 2), found(2, dataUpTo(2)));
    given(real, ...past(ask("m1", 1), ask("m2", 3), "end"))
      .when(foundBefore)
      .thenRefused(/the training slot has changed since it was looked at/);
    given(real, ...past(ask("m1", 1), ask("m2", 3), "end"))
      .when(train(ask("m3", 2)))
      .thenRefused(/the training slot has changed/);
    expect(new SlotMovedError("").transient).toBe(true);
    expect(waiting.running).toBeNull();
  });

  test("that a run has been begun on before something was withdrawn is not what is asked for after that", () => {
    const slot = slotAfter(ask("m1", 2));
    expect(after(slot, train(ask("m2", 2, { reason: "request" }))).waiting).toBeNull();
    // A withdrawal has a place in the log as well.
    expect(after(slot, train(ask("m3", 3, { reason: "request" }))).waiting).toMatchObject({ through: 3 });
  });
});

describe("a cold start", () => {
  test("begins anew though there is a champion to start from, and is another run than a warm one", () => {
    const warm = after(digits.initial, train(ask("m1", 1, { reason: "request" }), promoted)).running;
    const cold = after(digits.initial, train(ask("m1", 1, { reason: "request", coldStart: true }), promoted)).running;
    expect(warm?.warmStart).not.toBeNull();
    expect(cold?.warmStart).toBeNull();
    expect(cold?.runId).not.toBe(warm?.runId);
  });

  test("waits as one behind a warm run, and is still one when it is tried again", () => {
    const slot = after(digits.initial, train(ask("m1", 1), promoted));
    const waiting = after(slot, train(ask("m2", 1, { reason: "request", coldStart: true }), promoted));
    expect(waiting.waiting).toMatchObject({ through: 1, coldStart: true });
    const twice = ground({ warmStart: promoted.warmStart, attempts: 2 });
    const first = after(digits.initial, train(ask("m1", 1, { coldStart: true }), twice));
    const failed = after(first, {
      kind: "end",
      runId: first.running?.runId ?? "",
      outcome: { status: "failed", endedAt: at(1) },
    });
    expect(after(failed, train({ ...ask("m3", 1), waited: true }, twice)).running).toMatchObject({
      warmStart: null,
      attempt: 2,
    });
  });
});

type Step = "ask" | "again" | "end" | "fail" | "release" | "promote";

/**
 * Plays wishes, ends and releases in any order, with redeliveries; what waits is asked for when the slot comes free, at
 * least once, and some of what is said of it comes again at any time.
 */
function play(script: readonly { readonly kind: Step; readonly pick: number }[]) {
  let slot = digits.initial;
  let warmStart: Ground["warmStart"] = null;
  let claims = 0;
  const sent: Ask[] = [];
  const said: Ask[] = [];
  const ran: { readonly runId: string; readonly version: string; readonly dataset?: DatasetRef | undefined }[] = [];
  const inBox: Ask[] = [];
  const deliver = (wish: Ask) => {
    const from = ground({ warmStart, attempts: 2, at: at(claims) });
    const { before, events, after: next } = moved(digits, slot, train(wish, from));
    if (events.some(({ kind }) => kind === "claimed")) {
      expect(before.running).toBeNull();
      claims += 1;
    }
    slot = next;
  };
  const come = (command: SlotCommand) => {
    const { running } = slot;
    slot = after(slot, command);
    if (running && command.kind === "end" && !slot.running) ran.push(running);
    const due = dueIn(slot);
    if (!due) return;
    said.push({ ...due, command: `after-${running?.runId}-${claims}`, waited: true });
    inBox.push(...said.slice(-1));
  };
  const wish = (pick: number): Ask => {
    const reason = (["data", "data", "schedule", "request"] as const)[pick % 4] ?? "data";
    // As the data-watcher has it: every command is for all that is admitted so far.
    return {
      command: `m${sent.length}`,
      through: 1 + sent.length,
      reason,
      ...(pick % 16 === 15 ? { again: `r${pick}` } : {}),
    };
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
      const saidBefore = said[pick % Math.max(1, said.length)];
      if (saidBefore) deliver(saidBefore);
      const late = inBox.splice(pick % Math.max(1, inBox.length), 1)[0];
      if (late) deliver(late);
    } else if (kind === "release") come(releaseOf(slot, pick % 2 ? "no compute" : undefined));
    else if (kind === "promote") warmStart = { version: String(pick), runId: id(pick) };
    else {
      const known = ran[pick % Math.max(1, ran.length)];
      const outcome = { status: kind === "fail" ? "failed" : "completed", endedAt: at(0) } as const;
      // Some ends are told again, of a run that ended long ago.
      const runId = (pick % 4 ? slot.running?.runId : known?.runId) ?? "none";
      come({ kind: "end", runId, outcome });
    }
  }
  for (let left = 500; left > 0 && (inBox.length > 0 || slot.running); left -= 1) {
    const late = inBox.shift();
    if (late) deliver(late);
    else come(endOf(slot));
  }
  return { slot, sent, ran };
}

describe("any order, duplication and interleaving of wishes, ends and releases", () => {
  const script = fc.array(
    fc.record({
      kind: fc.constantFrom<Step>("ask", "again", "end", "fail", "release", "promote"),
      pick: fc.nat(63),
    }),
    { maxLength: 50 },
  );

  test("leaves one run at a time, each with an id and a version of its own, and nothing waiting at the end", () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { slot, ran } = play(steps);
        expect(slot.running).toBeNull();
        expect(slot.waiting).toBeNull();
        expect(new Set(ran.map(({ runId }) => runId)).size).toBe(ran.length);
        expect(new Set(ran.map(({ version }) => version)).size).toBe(ran.length);
      }),
      { numRuns: 500 },
    );
  });

  test("has everything trained on that was asked for", () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { sent, ran } = play(steps);
        for (const { through = 0 } of sent)
          expect(ran.some(({ dataset }) => (dataset?.through ?? 0) >= through)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("trains no more often than it was asked to, and each once more where it failed", () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { sent, ran } = play(steps);
        expect(ran.length).toBeLessThanOrEqual(2 * sent.length);
      }),
    );
  });
});
