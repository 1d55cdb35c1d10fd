import type { JudgementRecord, Seen } from "@ratchet/contracts";
import { given } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import type { JudgementCommand, JudgementEvent } from "./events.ts";
import { lookEvery, mostPatience, nextLook, patience } from "./evolve.ts";
import { isInHand, isOpen, judgementDecider } from "./judgement.ts";

const minute = 60_000;
const at = (minutes: number) => new Date(Date.parse("2026-11-23T09:00:00Z") + minutes * minute);
const iso = (minutes: number) => at(minutes).toISOString();

const challenge = {
  model: "digits",
  version: "7",
  onnx: { container: "runs", path: "digits-7/model/model.onnx" },
  trainedOn: ["3f1c9a0b5d7e2468"],
};
const seen: Seen = { definition: "d1", champion: "6", championFile: "c1", batches: "b1", file: "f1" };

const ask = (
  command: string,
  minutes: number,
  more: Partial<JudgementCommand & { readonly kind: "ask" }> = {},
): JudgementCommand => ({
  kind: "ask",
  command,
  traceparent: undefined,
  challenge,
  again: undefined,
  seen,
  now: at(minutes),
  ...more,
});
const asked = (command: string, minutes: number, traceparent?: string): JudgementEvent => ({
  kind: "asked",
  asked: { command, at: iso(minutes), ...(traceparent === undefined ? {} : { traceparent }), challenge },
  seen,
});
const weighed = (minutes: number): JudgementEvent => ({ kind: "weighed", key: "k", attempt: 1, at: iso(minutes) });
const decided = (minutes: number, held?: JudgementRecord["held"]): JudgementEvent => ({
  kind: "decided",
  held,
  seen: undefined,
  at: iso(minutes),
});
const said = (minutes: number, verdict = "one"): JudgementEvent => ({ kind: "said", verdict, at: iso(minutes) });
const failure = (minutes: number, reason = "the file is gone") => ({
  name: "MissingModelError",
  reason,
  since: iso(minutes),
});
const failed = (minutes: number, since = minutes): JudgementEvent => ({
  kind: "failed",
  failure: failure(since),
  seen,
  at: iso(minutes),
});
const overtaken = (minutes: number): JudgementEvent => ({ kind: "overtaken", by: "8", at: iso(minutes) });
const rows = { for: ["rows"], newRows: 100 };
const toHeld = [asked("one", 0), decided(1, rows), said(2)] as const;

const recordAfter = (...past: readonly JudgementEvent[]) => given(judgementDecider, ...past).state as JudgementRecord;

test("what a judgement waits for is bounded: 10 minutes at first, 6 hours at most, and 5 minutes for a change", () => {
  expect([patience, mostPatience, lookEvery]).toEqual([600_000, 21_600_000, 300_000]);
});

describe("a command to judge", () => {
  test("opens the record of its version, with its trace", () => {
    given(judgementDecider)
      .when(ask("one", 0, { traceparent: "a trace" }))
      .then(asked("one", 0, "a trace"));
    expect(recordAfter(asked("one", 0))).toMatchObject({
      model: "digits",
      version: "7",
      state: "asked",
      since: iso(0),
      lookAt: iso(10),
      firstAskedAt: iso(0),
      commands: ["one"],
      nudges: 0,
      seen,
    });
  });

  test("delivered again asks nothing new, wherever the judgement is", () => {
    for (const past of [
      [],
      [weighed(1)],
      [decided(1)],
      [decided(1, rows), said(2)],
      [decided(1), said(2)],
      [failed(1)],
    ])
      given(judgementDecider, asked("one", 0), ...past)
        .when(ask("one", 5))
        .thenNothing();
  });

  test("by another takes the place of the one before, of which the record still knows", () => {
    given(judgementDecider, ...toHeld)
      .when(ask("two", 5))
      .then(asked("two", 5));
    given(judgementDecider, ...toHeld, asked("two", 5))
      .when(ask("one", 6))
      .thenNothing();
    const record = recordAfter(...toHeld, asked("two", 5));
    expect(record).toMatchObject({ state: "asked", firstAskedAt: iso(0), since: iso(5), said: "one" });
    expect(record).not.toHaveProperty("held");
  });

  test("is known among fifty, so that a record does not grow without end", () => {
    const events = Array.from({ length: 60 }, (_, index) => asked(`command ${index}`, index));
    const { commands } = recordAfter(...events);
    expect(commands).toHaveLength(50);
    expect([commands[0], commands.at(-1)]).toEqual(["command 10", "command 59"]);
  });

  test("of the evaluator's own asks again what is held, as it was seen, and nothing else", () => {
    const again = { again: "one" } as const;
    given(judgementDecider)
      .when(ask("sweep", 5, again))
      .thenNothing();
    given(judgementDecider, ...toHeld)
      .when(ask("sweep", 5, again))
      .then(asked("sweep", 5));
    given(judgementDecider, ...toHeld)
      .when(ask("sweep", 5, { again: "another" }))
      .thenNothing();
    given(judgementDecider, asked("one", 0), failed(1))
      .when(ask("sweep", 5, again))
      .thenNothing();
    given(judgementDecider, asked("one", 0), decided(1), said(2))
      .when(ask("sweep", 5, again))
      .thenNothing();
    given(judgementDecider, ...toHeld, overtaken(3))
      .when(ask("sweep", 5, again))
      .thenNothing();
  });

  test("of the evaluator's own belongs to the trace of what was asked before", () => {
    given(judgementDecider, asked("one", 0, "a trace"), decided(1, rows), said(2))
      .when(ask("sweep", 5, { again: "one", traceparent: "the sweep's" }))
      .then(asked("sweep", 5, "a trace"));
  });

  test("replayed asks anew what failed and was then superseded", () => {
    given(judgementDecider, asked("one", 0), failed(1), overtaken(2)).when(ask("one", 5)).then(asked("one", 5));
    given(judgementDecider, ...toHeld, overtaken(3))
      .when(ask("one", 5))
      .thenNothing();
  });
});

describe("a judgement that is made", () => {
  test("is weighed, decided and said, each once and for its own command", () => {
    const weigh = { kind: "weigh", command: "one", key: "k", attempt: 1, now: at(1) } as const;
    const decide = { kind: "decide", command: "one", held: undefined, seen: undefined, now: at(1) } as const;
    const say = { kind: "say", verdict: "one", now: at(2) } as const;
    given(judgementDecider, asked("one", 0)).when(weigh).then(weighed(1));
    given(judgementDecider, asked("one", 0), weighed(1)).when(decide).then(decided(1));
    given(judgementDecider, asked("one", 0), weighed(1), decided(1)).when(say).then(said(2));
    given(judgementDecider, asked("one", 0), decided(1)).when(weigh).thenNothing();
    given(judgementDecider, asked("one", 0), weighed(1)).when(say).thenNothing();
    given(judgementDecider, asked("one", 0), decided(1), said(2)).when(decide).thenNothing();
    for (const command of [weigh, decide])
      given(judgementDecider, asked("one", 0))
        .when({ ...command, command: "another" })
        .thenNothing();
  });

  test("says in each state since when, and when to look", () => {
    expect(recordAfter(asked("one", 0), weighed(1))).toMatchObject({
      state: "weighed",
      since: iso(1),
      lookAt: iso(11),
      weighed: { key: "k", attempt: 1 },
    });
    expect(recordAfter(asked("one", 0), decided(2))).toMatchObject({
      state: "decided",
      since: iso(2),
      lookAt: iso(12),
    });
    const closed = recordAfter(asked("one", 0), decided(2), said(3));
    expect(closed).toMatchObject({ state: "said", since: iso(3), said: "one" });
    expect(closed).not.toHaveProperty("lookAt");
    expect(recordAfter(...toHeld)).toMatchObject({ state: "held", since: iso(2), lookAt: iso(7), held: rows });
  });

  test("remembers what it was made by, where that was in this delivery", () => {
    const other = { ...seen, champion: "5" };
    const by = (found: Seen | undefined): JudgementEvent => ({
      kind: "decided",
      held: undefined,
      seen: found,
      at: iso(1),
    });
    expect(recordAfter(asked("one", 0), by(other)).seen).toEqual(other);
    expect(recordAfter(asked("one", 0), by(undefined)).seen).toEqual(seen);
  });

  test("is open until all is said, and then as long as it is held", () => {
    const open = (...past: readonly JudgementEvent[]) => {
      const record = recordAfter(asked("one", 0), ...past);
      return [isInHand(record), isOpen(record)];
    };
    expect(open()).toEqual([true, true]);
    expect(open(weighed(1))).toEqual([true, true]);
    expect(open(decided(1))).toEqual([true, true]);
    expect(open(decided(1, rows), said(2))).toEqual([false, true]);
    expect(open(decided(1), said(2))).toEqual([false, false]);
    expect(open(decided(1, rows), said(2), overtaken(3))).toEqual([false, false]);
  });
});

describe("a judgement that is held", () => {
  const until = (minutes: number) => ({ for: ["cooldown"], until: iso(minutes) });

  test("is looked at every five minutes, and as soon as its cooldown is over", () => {
    expect(nextLook(at(0), {})).toEqual(at(5));
    expect(nextLook(at(0), until(3))).toEqual(at(3));
    expect(nextLook(at(0), until(8))).toEqual(at(5));
    // It is over, and something else holds: it must not be looked at without end.
    expect(nextLook(at(3), until(3))).toEqual(at(8));
    expect(nextLook(at(4), until(3))).toEqual(at(9));
  });

  test("is closed where there is nothing to judge any more; not one of which something is still to be said", () => {
    const close = { kind: "close", now: at(9) } as const;
    given(judgementDecider, ...toHeld)
      .when(close)
      .then({ kind: "closed", at: iso(9) });
    given(judgementDecider, asked("one", 0))
      .when(close)
      .then({ kind: "closed", at: iso(9) });
    given(judgementDecider, asked("one", 0), decided(1)).when(close).thenNothing();
    given(judgementDecider, asked("one", 0), decided(1), said(2)).when(close).thenNothing();
    expect(recordAfter(...toHeld, { kind: "closed", at: iso(9) })).toMatchObject({ state: "said", since: iso(9) });
  });

  test("is looked at when it was told to be, once", () => {
    const look = (minutes: number): JudgementCommand => ({ kind: "look", lookAt: at(minutes) });
    given(judgementDecider, ...toHeld)
      .when(look(9))
      .then({ kind: "looked", lookAt: iso(9) });
    given(judgementDecider, ...toHeld)
      .when(look(7))
      .thenNothing();
    given(judgementDecider, asked("one", 0), decided(1), said(2)).when(look(9)).thenNothing();
    expect(recordAfter(...toHeld, { kind: "looked", lookAt: iso(9) }).lookAt).toBe(iso(9));
  });
});

describe("a judgement that fails", () => {
  const fail = (minutes: number, reason?: string): JudgementCommand => {
    const { name, reason: why } = failure(0, reason);
    return { kind: "fail", command: "one", name, reason: why, seen, now: at(minutes) };
  };

  test("says why and since when, and is looked at for a change", () => {
    given(judgementDecider, asked("one", 0)).when(fail(1)).then(failed(1));
    expect(recordAfter(asked("one", 0), failed(1))).toMatchObject({
      state: "asked",
      failure: failure(1),
      lookAt: iso(6),
    });
  });

  test("again for the same reason has failed since then, and is told once; for another, anew", () => {
    const told: JudgementEvent = { kind: "told", at: iso(2) };
    const past = [asked("one", 0), failed(1), told];
    given(judgementDecider, ...past)
      .when(fail(9))
      .then(failed(9, 1));
    expect(recordAfter(...past, failed(9, 1))).toMatchObject({
      failure: failure(1),
      stuckSaid: iso(2),
      lookAt: iso(14),
    });
    given(judgementDecider, ...past)
      .when(fail(9, "another reason"))
      .then({ kind: "failed", failure: failure(9, "another reason"), seen, at: iso(9) });
    expect(recordAfter(...past, failed(9))).not.toHaveProperty("stuckSaid");
  });

  test("is told to be stuck once", () => {
    const tell = { kind: "tell", now: at(3) } as const;
    given(judgementDecider, asked("one", 0), failed(1))
      .when(tell)
      .then({ kind: "told", at: iso(3) });
    given(judgementDecider, asked("one", 0), failed(1), { kind: "told", at: iso(2) })
      .when(tell)
      .thenNothing();
  });

  test("and is then made is as if it had not failed", () => {
    const record = recordAfter(asked("one", 0), failed(1), { kind: "told", at: iso(2) }, weighed(3));
    expect(record).not.toHaveProperty("failure");
    expect(record).not.toHaveProperty("stuckSaid");
  });

  test("after somebody else has made it has not failed", () => {
    given(judgementDecider, asked("one", 0), decided(1), said(2)).when(fail(3)).thenNothing();
    given(judgementDecider, asked("two", 0)).when(fail(3)).thenNothing();
  });
});

describe("a judgement that does not get on", () => {
  test("is nudged after 10 minutes, then after twice as long each time, up to 6 hours", () => {
    const nudged = (minutes: number): JudgementEvent => ({ kind: "nudged", at: iso(minutes) });
    const past: JudgementEvent[] = [asked("one", 0)];
    const waits = Array.from({ length: 8 }, () => {
      past.push(nudged(0));
      return Date.parse(recordAfter(...past).lookAt ?? "") - at(0).getTime();
    });
    expect(waits.map((wait) => wait / minute)).toEqual([20, 40, 80, 160, 320, 360, 360, 360]);
    expect(recordAfter(...past)).toMatchObject({ nudges: 8, since: iso(0) });
    expect(recordAfter(...past, weighed(1))).toMatchObject({ nudges: 0, lookAt: iso(11) });
  });

  test("is nudged only while it is being made", () => {
    const nudge = { kind: "nudge", now: at(20) } as const;
    given(judgementDecider, asked("one", 0))
      .when(nudge)
      .then({ kind: "nudged", at: iso(20) });
    given(judgementDecider, ...toHeld)
      .when(nudge)
      .thenNothing();
  });
});

describe("a judgement that a newer challenger overtakes", () => {
  const overtake = { kind: "overtake", by: "8", now: at(5) } as const;

  test("is superseded where it is held or has failed, and keeps why", () => {
    given(judgementDecider, ...toHeld)
      .when(overtake)
      .then(overtaken(5));
    const held = recordAfter(...toHeld, overtaken(5));
    expect(held).toMatchObject({ state: "superseded", newer: "8", since: iso(5) });
    for (const field of ["held", "lookAt"]) expect(held).not.toHaveProperty(field);
    const record = recordAfter(asked("one", 0), failed(1), overtaken(5));
    expect(record).toMatchObject({ state: "superseded", newer: "8", failure: failure(1) });
    expect(record).not.toHaveProperty("lookAt");
  });

  test("is made to its end where it is being made, and not held after that", () => {
    const record = recordAfter(asked("one", 0), overtaken(1));
    expect(record).toMatchObject({ state: "asked", newer: "8", lookAt: iso(10) });
    expect(recordAfter(asked("one", 0), overtaken(1), decided(2, rows), said(3))).toMatchObject({
      state: "superseded",
    });
    expect(recordAfter(asked("one", 0), overtaken(1), decided(2), said(3))).toMatchObject({ state: "said" });
    expect(recordAfter(asked("one", 0), overtaken(1), failed(2))).toMatchObject({
      state: "superseded",
      failure: failure(2),
    });
  });

  test("is overtaken once, and not when it is at its end", () => {
    given(judgementDecider, asked("one", 0), overtaken(1)).when(overtake).thenNothing();
    given(judgementDecider, asked("one", 0), decided(1), said(2)).when(overtake).thenNothing();
  });
});

test("a record that is gone while its judgement is made is missed", () => {
  given(judgementDecider)
    .when({ kind: "nudge", now: at(0) })
    .thenRefused(/the record of the judgement is gone; replay/);
});
