import type { DeploymentRecord, Wish } from "@ratchet/contracts";
import { given } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { testRecord, testRelease } from "../testing/releases.ts";
import {
  type DeploymentCommand,
  type DeploymentEvent,
  deploymentDecider,
  hasEnded,
  type Intent,
  type Outcome,
  RecordMovedError,
} from "./deployment.ts";
import { TooManyWaitingError } from "./waiting.ts";

const now = new Date("2026-11-23T09:00:00.000Z");
const later = new Date("2026-11-23T09:00:05.000Z");

const wish = (version: string, different: Partial<Wish> = {}): Wish => ({
  id: `promoted ${version}`,
  kind: "promote",
  model: "digits",
  version,
  ...different,
});
const intentOf = (version: string, former: string | null): Intent => ({
  app: "inference-digits",
  wish: wish(version),
  release: testRelease(version),
  former: former === null ? null : testRelease(former),
  events: [],
});
const intended = (version: string, former: string | null = null): DeploymentEvent => ({
  kind: "intended",
  ...intentOf(version, former),
  now,
});
const stepped = (...outcomes: readonly Outcome[]): readonly DeploymentEvent[] =>
  outcomes.map((outcome) => ({ kind: "stepped", outcome, now: later }));
const step = (step: number, version: string, outcome: Outcome): DeploymentCommand => ({
  kind: "step",
  record: { command: wish(version), step },
  outcome,
  now: later,
});
const cameTo = (state: "staged" | "proven" | "swapped" | "verified"): Outcome => ({ kind: "came-to", state });
const event = (id: string) => ({ id, type: "t", time: "2026-11-23T09:00:00.000Z", cause: "c", data: {} });
const settled = (...asked: readonly string[]): Outcome => ({ kind: "settled", asked, lookAt: later });

/** Version 1, served and recorded, with something to say. */
const recorded1 = [intended("1"), ...stepped(cameTo("verified"), { kind: "recorded", events: [event("promoted 1")] })];
const announced1 = [...recorded1, ...stepped({ kind: "announced", id: "promoted 1" }, settled())];

const stateOf = (...past: readonly DeploymentEvent[]): DeploymentRecord =>
  given(deploymentDecider, ...past).state ?? expect.fail("there is no record");

describe("an intent", () => {
  const intend = (version: string, former: string | null, basedOn: number | undefined): DeploymentCommand => ({
    kind: "intend",
    ...intentOf(version, former),
    basedOn,
    now,
  });

  test("is written down where nothing is under way", () => {
    given(deploymentDecider)
      .when(intend("1", null, undefined))
      .then(intended("1"));
    given(deploymentDecider, ...announced1)
      .when(intend("2", "1", 5))
      .then(intended("2", "1"));
    expect(stateOf(intended("1"))).toMatchObject({ state: "intended", step: 1, former: null, settled: false });
  });

  test("counts its steps on from the deployment before it, and takes over what that one has not said yet", () => {
    const next = stateOf(...recorded1, intended("2", "1"));
    expect(next).toMatchObject({ step: 4, state: "intended", events: [{ id: "promoted 1" }] });
  });

  test("waits for one that is under way; its own is under way already", () => {
    given(deploymentDecider, intended("1"))
      .when(intend("2", null, 1))
      .then({ kind: "waits", waiting: [wish("2")] });
    given(deploymentDecider, intended("1"))
      .when(intend("1", null, 1))
      .thenNothing();
  });

  test("is decided anew where the record has moved since", () => {
    const past = given(deploymentDecider, ...announced1);
    past.when(intend("2", null, 4)).thenRefused(/has gone on in the meantime/);
    past.when(intend("2", null, undefined)).thenRefused(/has gone on in the meantime/);
    expect(() => deploymentDecider.decide(past.state, intend("2", null, 4))).toThrow(RecordMovedError);
  });
});

describe("a wish that comes meanwhile", () => {
  test("waits in its order, once", () => {
    const waiting: DeploymentEvent = { kind: "waits", waiting: [wish("2")] };
    given(deploymentDecider, intended("1"), waiting)
      .when({ kind: "wait", wish: wish("3") })
      .then({ kind: "waits", waiting: [wish("2"), wish("3")] });
    given(deploymentDecider, intended("1"), waiting)
      .when({ kind: "wait", wish: wish("2", { id: "again" }) })
      .thenNothing();
  });

  test("is refused where too many wait, and decided anew where none has to", () => {
    const waiting = Array.from({ length: 16 }, (_, index) => wish(String(index), { kind: "force" }));
    const past = given(deploymentDecider, intended("1"), { kind: "waits", waiting });
    expect(() => deploymentDecider.decide(past.state, { kind: "wait", wish: wish("x") })).toThrow(TooManyWaitingError);
    given(deploymentDecider, ...announced1)
      .when({ kind: "wait", wish: wish("2") })
      .thenRefused(/has gone on/);
  });

  test("is let go of only when it was asked for again", () => {
    const waiting: DeploymentEvent = { kind: "waits", waiting: [wish("2"), wish("3")] };
    const failed: Outcome = { kind: "failed", why: "x", events: [] };
    expect(stateOf(intended("1"), waiting, ...stepped(failed, settled("promoted 2"))).waiting).toEqual([wish("3")]);
  });
});

describe("a step", () => {
  test("is taken once: who comes second finds it taken", () => {
    const begins: Outcome = { kind: "begins", what: "publishing" };
    given(deploymentDecider, intended("1"))
      .when(step(1, "1", begins))
      .then(...stepped(begins));
    given(deploymentDecider, intended("1"), ...stepped(cameTo("staged")))
      .when(step(1, "1", begins))
      .thenNothing();
    given(deploymentDecider, intended("1"))
      .when(step(1, "2", begins))
      .thenNothing();
    given(deploymentDecider)
      .when(step(1, "1", begins))
      .thenNothing();
  });

  test("that begins something stays the same step until it is known whether it was begun", () => {
    const begun = stateOf(intended("1"), ...stepped({ kind: "begins", what: "publishing" }));
    const underWay = { tries: 1, begunAt: later.toISOString(), accepted: false };
    expect(begun).toMatchObject({ step: 1, state: "publishing", underWay });
    const accepted = deploymentDecider.evolve(begun, {
      kind: "stepped",
      outcome: { kind: "accepted", publication: "p", lookAt: later },
      now: later,
    });
    expect(accepted).toMatchObject({ step: 2, underWay: { tries: 1, accepted: true, publication: "p" } });
    const again = deploymentDecider.evolve(accepted, {
      kind: "stepped",
      outcome: { kind: "begins", what: "publishing" },
      now: later,
    });
    expect(again).toMatchObject({ step: 2, underWay: { tries: 2, accepted: false } });
    expect(again?.underWay?.publication).toBeUndefined();
  });

  test("to another state forgets what only concerned the one before", () => {
    const looked: Outcome = {
      kind: "looked",
      why: "503",
      failedSince: now.toISOString(),
      saidStuck: true,
      lookAt: later,
    };
    const waiting = stateOf(intended("1"), ...stepped({ kind: "begins", what: "swapping" }, looked));
    const again = stateOf(intended("1"), ...stepped({ kind: "begins", what: "swapping" }, looked, looked));
    expect(again.looks).toBe(2);
    const accepted: Outcome = { kind: "accepted", lookAt: later };
    expect(stateOf(intended("1"), ...stepped({ kind: "begins", what: "swapping" }, looked, accepted)).looks).toBe(2);
    expect(waiting).toMatchObject({ looks: 1, why: "503", saidStuck: true, failedSince: now.toISOString() });
    expect(stateOf(intended("1"), ...stepped({ kind: "begins", what: "swapping" }, looked, cameTo("swapped")))).toEqual(
      {
        ...stateOf(intended("1"), ...stepped(cameTo("swapped"))),
        step: 3,
      },
    );
  });

  test("back keeps the former release as the goal, through every round", () => {
    const turned: Outcome = { kind: "turned-back", why: "nonsense" };
    const anew: Outcome = { kind: "began-anew", why: "gone" };
    const back = stateOf(intended("2", "1"), ...stepped(cameTo("swapped"), turned, anew, anew));
    expect(back).toMatchObject({ state: "intended", turnedBack: "nonsense", rounds: 2, former: { version: "1" } });
  });
});

describe("the end of a deployment", () => {
  test("is open until its events are taken and what waited was asked for, in whichever order", () => {
    expect(stateOf(...recorded1)).toMatchObject({ state: "recorded", lookAt: later.toISOString() });
    const said: Outcome = { kind: "announced", id: "promoted 1" };
    for (const first of [said, settled()])
      expect(stateOf(...recorded1, ...stepped(first))).toMatchObject({
        state: "recorded",
        lookAt: later.toISOString(),
      });
    for (const both of [
      [said, settled()],
      [settled(), said],
    ])
      expect(stateOf(...recorded1, ...stepped(...both))).toMatchObject({ state: "announced", lookAt: undefined });
  });

  test("that failed says at which step, and in which state", () => {
    const failed: Outcome = { kind: "failed", why: "nonsense", events: [event("rolled back")] };
    expect(stateOf(intended("2", "1"), ...stepped(cameTo("staged"), failed))).toMatchObject({
      state: "failed",
      why: "nonsense",
      step: 3,
      failed: { step: 2, state: "staged" },
      events: [{ id: "rolled back" }],
    });
  });

  test("that was given up is asked for again, before what waits", () => {
    const waiting: DeploymentEvent = { kind: "waits", waiting: [wish("3")] };
    const given = stateOf(intended("2", "1"), waiting, ...stepped({ kind: "given-up", why: "frozen" }));
    expect(given).toMatchObject({ state: "given-up", waiting: [wish("2"), wish("3")] });
  });

  test("is an end and not a stop on the way", () => {
    const ends = ["recorded", "announced", "given-up", "failed"];
    const ways = ["intended", "publishing", "staged", "proven", "swapping", "swapped", "verified"];
    for (const state of [...ends, ...ways] as DeploymentRecord["state"][])
      expect(hasEnded({ state }), state).toBe(ends.includes(state));
  });
});

describe("something to say", () => {
  const say = (id: string): DeploymentCommand => ({ kind: "say", event: event(id), first: testRecord(), now: later });
  const hasToSay = (id: string): DeploymentEvent => ({
    kind: "has-to-say",
    event: event(id),
    first: testRecord({ state: "announced", settled: true, step: 0, lookAt: undefined }),
    now: later,
  });

  test("is said after all that waits to be said, once", () => {
    expect(stateOf(...recorded1, hasToSay("frozen")).events.map(({ id }) => id)).toEqual(["promoted 1", "frozen"]);
    given(deploymentDecider, ...recorded1, hasToSay("frozen"))
      .when(say("frozen"))
      .thenNothing();
  });

  test("is said beside what waits to be said already, and what is said leaves the rest", () => {
    const { state } = given(deploymentDecider, ...recorded1);
    expect(deploymentDecider.decide(state, say("frozen"))).toMatchObject([
      { kind: "has-to-say", event: { id: "frozen" } },
    ]);
    const both = [...recorded1, hasToSay("frozen"), ...stepped({ kind: "announced", id: "promoted 1" })];
    expect(stateOf(...both).events.map(({ id }) => id)).toEqual(["frozen"]);
  });

  test("begins the record of an app that has none, by whoever has something to say", () => {
    expect(deploymentDecider.decide(undefined, say("frozen"))).toMatchObject([
      { kind: "has-to-say", first: { model: "digits" } },
    ]);
  });

  test("opens a record that was at its end, and closes it when it is said; the step under way stays the same", () => {
    const open = stateOf(...announced1, hasToSay("frozen"));
    expect(open).toMatchObject({ state: "announced", step: 5, lookAt: later.toISOString() });
    const closed = stateOf(...announced1, hasToSay("frozen"), ...stepped({ kind: "announced", id: "frozen" }));
    expect(closed).toMatchObject({ state: "announced", events: [], lookAt: undefined });
    expect(stateOf(intended("1"), hasToSay("frozen"))).toMatchObject({ step: 1, state: "intended" });
  });

  test("begins the record of an app that has none", () => {
    expect(stateOf(hasToSay("frozen"))).toMatchObject({
      step: 0,
      events: [{ id: "frozen" }],
      lookAt: later.toISOString(),
    });
  });
});
