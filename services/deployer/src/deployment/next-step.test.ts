import type { DeploymentRecord } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import type { Serving } from "../gateways/inference-app.ts";
import type { Check } from "../production/check.ts";
import { testRecord, testRelease } from "../testing/releases.ts";
import { defaultLimits } from "./limits.ts";
import { nextStep, type Seen, type Step } from "./next-step.ts";

const since = "2026-11-23T09:00:00.000Z";

/** What is next for version 7, which is to take the place of 6: in a state, by what is seen, some seconds after it came there. */
const when = (different: Partial<DeploymentRecord>, seen: Seen, seconds = 0): Step =>
  nextStep(testRecord({ since, ...different }), seen, new Date(Date.parse(since) + seconds * 1000), defaultLimits);

const serving = (version: string): Serving => ({ kind: "release", version, code: testRelease(version).code });
const none: Serving = { kind: "none" };
const unknown: Serving = { kind: "unknown", why: "it answers 503" };
const slots = (production: Serving, staging: Serving): Seen => ({ of: "slots", production, staging });
const back = { turnedBack: "it predicts nonsense" };

describe("from the front, a deployment", () => {
  const intended = { state: "intended" } as const;

  test("publishes, or goes on from what is there already", () => {
    expect(when(intended, slots(serving("6"), none))).toEqual({ do: "begin", what: "publishing" });
    expect(when(intended, slots(serving("6"), serving("5")))).toEqual({ do: "begin", what: "publishing" });
    expect(when(intended, slots(none, none))).toEqual({ do: "begin", what: "publishing" });
    expect(when(intended, slots(serving("6"), serving("7")))).toEqual({ do: "come-to", state: "staged" });
    expect(when(intended, slots(serving("7"), serving("6")))).toEqual({ do: "come-to", state: "swapped" });
  });

  test("takes a model for another where its digest is another, though version and code are the same", () => {
    const other: Serving = { ...serving("7"), onnx: "e".repeat(64) } as Serving;
    const release = testRelease("7", { onnx: { container: "runs", path: "x", sha256: "f".repeat(64) } });
    expect(when({ ...intended, release }, slots(other, none))).toEqual({ do: "begin", what: "publishing" });
    const same: Serving = { ...serving("7"), onnx: "f".repeat(64) } as Serving;
    expect(when({ ...intended, release }, slots(same, none))).toEqual({ do: "come-to", state: "swapped" });
  });

  test("decides nothing until it is known what production serves, and says so after two minutes, once", () => {
    const why = "it is not known what production serves: it answers 503";
    for (const staging of [none, serving("6"), serving("7"), unknown]) {
      expect(when(intended, slots(unknown, staging))).toEqual({ do: "look-again", why });
      expect(when(intended, slots(unknown, staging), 119)).toEqual({ do: "look-again", why });
      expect(when(intended, slots(unknown, staging), 120)).toEqual({ do: "look-again", why, stuck: true });
      expect(when({ ...intended, saidStuck: true }, slots(unknown, staging), 3600)).toEqual({ do: "look-again", why });
    }
  });

  test("looks three times at a staging slot that says nothing, and then publishes over it", () => {
    const quiet = slots(serving("6"), unknown);
    for (const looks of [0, 1, 2])
      expect(when({ ...intended, looks }, quiet)).toMatchObject({
        do: "look-again",
        why: /staging serves: it answers 503/,
      });
    expect(when({ ...intended, looks: 3 }, quiet)).toEqual({ do: "begin", what: "publishing" });
  });

  test("does not wait for a proof where the former release is to serve again", () => {
    expect(when({ ...intended, ...back }, slots(serving("7"), serving("6")))).toEqual({
      do: "come-to",
      state: "proven",
    });
    expect(when({ ...intended, ...back }, slots(unknown, serving("6")))).toEqual({ do: "come-to", state: "proven" });
    expect(when({ ...intended, ...back }, slots(serving("6"), serving("7")))).toEqual({
      do: "come-to",
      state: "swapped",
    });
    expect(when({ ...intended, ...back }, slots(serving("7"), none))).toEqual({ do: "begin", what: "publishing" });
  });
});

describe("while it is published, a deployment", () => {
  const underWay = { tries: 1, begunAt: since, accepted: true, publication: "p" };
  const publishing = { state: "publishing", underWay } as const;
  const seen = (publication: Extract<Seen, { of: "publication" }>["publication"]): Seen => ({
    of: "publication",
    publication,
  });

  test("waits, and goes on when it is done", () => {
    expect(when(publishing, seen({ kind: "running" }))).toMatchObject({ do: "look-again" });
    expect(when(publishing, seen({ kind: "unknown", why: "503" }))).toMatchObject({ do: "look-again" });
    expect(when(publishing, seen({ kind: "done" }))).toEqual({ do: "come-to", state: "staged" });
  });

  test("begins again where nobody knows, after half a minute, whether it was begun", () => {
    const unsure = { ...publishing, underWay: { tries: 1, begunAt: since, accepted: false } };
    const nothing = seen({ kind: "unknown", why: "it is not known whether publishing has begun" });
    expect(when(unsure, nothing, 29)).toMatchObject({ do: "look-again" });
    expect(when(unsure, nothing, 30)).toEqual({ do: "begin", what: "publishing" });
    expect(when(publishing, nothing, 30)).toMatchObject({ do: "look-again" });
    expect(when(unsure, seen({ kind: "running" }), 30)).toMatchObject({ do: "look-again" });
  });

  test("waits a minute for the deployment service to show it; after that, staging says what came of it", () => {
    const another = seen({ kind: "another", why: "it shows another" });
    expect(when(publishing, another, 59)).toMatchObject({ do: "look-again", why: "it shows another" });
    expect(when(publishing, another, 60)).toEqual({ do: "come-to", state: "staged" });
    const unsure = { ...publishing, underWay: { ...underWay, accepted: false } };
    expect(when(unsure, another, 60)).toEqual({ do: "begin", what: "publishing" });
  });

  test("fails where the deployment service says so, or says nothing for a quarter of an hour", () => {
    expect(when(publishing, seen({ kind: "failed", why: "no functions" }))).toEqual({
      do: "fail",
      why: "version 7 cannot be published: no functions",
    });
    expect(when(publishing, seen({ kind: "running" }), 899)).toMatchObject({ do: "look-again" });
    expect(when(publishing, seen({ kind: "running" }), 900)).toEqual({
      do: "fail",
      why: "version 7 was not published within 900 s",
    });
  });

  test("begins anew where it is the former release that is to serve again", () => {
    const failed = seen({ kind: "failed", why: "no functions" });
    expect(when({ ...publishing, ...back }, failed)).toMatchObject({ do: "begin-anew" });
    expect(when({ ...publishing, ...back }, seen({ kind: "running" }), 900)).toMatchObject({ do: "begin-anew" });
  });
});

describe("in staging, a release", () => {
  const staged = { state: "staged" } as const;
  const seen = (check: Check): Seen => ({ of: "staging", check });

  test("is proven by predictions that are right, and fails by any that are not", () => {
    expect(when(staged, seen({ kind: "right" }))).toEqual({ do: "come-to", state: "proven" });
    expect(when(staged, seen({ kind: "wrong", why: "it predicts 11" }))).toEqual({
      do: "fail",
      why: "version 7 fails its smoke test: it predicts 11",
    });
  });

  const underWay = { tries: 1, begunAt: since, accepted: true };
  const restarting = { state: "restarting", underWay } as const;

  test.each(["not-yet", "unreachable"] as const)("that is %s is waited for, five minutes", (kind) => {
    for (const state of [staged, restarting]) {
      expect(when(state, seen({ kind, why: "loading" }), 299)).toEqual({ do: "look-again", why: "loading" });
      expect(when(state, seen({ kind, why: "loading" }), 300)).toEqual({
        do: "fail",
        why: "version 7 does not come up in staging: it was not ready after 300 s: loading",
      });
    }
  });

  test.each(["other", "none"] as const)(
    "in whose place %s serves is waited for, and then staging is restarted, once",
    (kind) => {
      const old = seen({ kind, why: "it serves version 6" });
      const again = { do: "look-again", why: "it serves version 6" };
      expect(when(staged, old, 29)).toEqual(again);
      expect(when(staged, old, 30)).toEqual({ do: "begin", what: "restarting" });
      expect(when({ ...staged, ...back }, old, 30)).toEqual({ do: "begin", what: "restarting" });
      expect(when(restarting, old, 299)).toEqual(again);
      expect(when(restarting, old, 300)).toMatchObject({ do: "fail" });
    },
  );

  test("is restarted again where nobody knows, after half a minute, whether the restart was begun", () => {
    const old = seen({ kind: "other", why: "it serves version 6" });
    const unsure = { ...restarting, underWay: { ...underWay, accepted: false } };
    expect(when(unsure, old, 29)).toMatchObject({ do: "look-again" });
    expect(when(unsure, old, 30)).toEqual({ do: "begin", what: "restarting" });
    expect(when(unsure, seen({ kind: "right" }), 30)).toEqual({ do: "come-to", state: "proven" });
  });

  test("that says it has failed is believed after a restart and ten seconds: the one before may still be answering", () => {
    const failed = seen({ kind: "failed", why: "its model is broken" });
    const failedSince = "2026-11-23T09:00:07.000Z";
    expect(when(staged, failed, 7)).toEqual({ do: "look-again", why: "its model is broken", failedSince });
    expect(when({ ...staged, failedSince }, failed, 16)).toMatchObject({ do: "look-again", failedSince });
    expect(when({ ...staged, failedSince }, failed, 17)).toEqual({ do: "begin", what: "restarting" });
    expect(when({ ...restarting, failedSince }, failed, 16)).toMatchObject({ do: "look-again", failedSince });
    expect(when({ ...restarting, failedSince }, failed, 17)).toEqual({
      do: "fail",
      why: "version 7 does not come up in staging: its model is broken",
    });
  });

  test("that is to serve again does not fail: an operator is told", () => {
    const wrong = seen({ kind: "wrong", why: "it predicts 11" });
    expect(when({ ...staged, ...back }, wrong, 119)).toMatchObject({ do: "look-again" });
    expect(when({ ...staged, ...back }, wrong, 120)).toMatchObject({ do: "look-again", stuck: true });
  });
});

describe("before the swap, a deployment", () => {
  const proven = { state: "proven" } as const;
  const seen = (version: string | undefined, frozen = false): Seen => ({
    of: "pointer",
    champion: version === undefined ? undefined : testRelease(version),
    frozen,
  });

  test("begins it where the champion still is the one by which it was decided", () => {
    expect(when(proven, seen("6"))).toEqual({ do: "begin", what: "swapping" });
    expect(when({ ...proven, former: null }, seen(undefined))).toEqual({ do: "begin", what: "swapping" });
  });

  test("is given up where another has become champion, or the model was frozen", () => {
    expect(when(proven, seen("5"))).toEqual({ do: "give-up", why: "another release has become champion meanwhile" });
    expect(when(proven, seen(undefined))).toMatchObject({ do: "give-up" });
    expect(when({ ...proven, former: null }, seen("5"))).toMatchObject({ do: "give-up" });
    expect(when(proven, seen("6", true))).toEqual({ do: "give-up", why: "the model was frozen meanwhile" });
  });

  test("takes the former release for another where another command put it there, or its package is another", () => {
    for (const different of [{ cause: "rolled back to" }, { package: "c".repeat(64) }]) {
      const champion: Seen = { of: "pointer", champion: testRelease("6", different), frozen: false };
      expect(when(proven, champion)).toMatchObject({ do: "give-up" });
    }
  });

  test("goes on where it has become champion itself: what it has done is not undone", () => {
    const { command } = testRecord();
    const champion: Seen = { of: "pointer", champion: testRelease("7", { cause: command.id }), frozen: false };
    expect(when(proven, champion)).toEqual({ do: "begin", what: "swapping" });
  });

  test.each(["force", "code", "roll-back"])("is not held up by a freeze where it is a %s", (kind) => {
    const command = { ...testRecord().command, kind };
    expect(when({ ...proven, command }, seen("6", true))).toEqual({ do: "begin", what: "swapping" });
  });

  test("that puts the champion back goes by the champion itself", () => {
    const restore = { command: { ...testRecord().command, kind: "restore" }, former: null };
    expect(when({ ...proven, ...restore }, seen("7", true))).toEqual({ do: "begin", what: "swapping" });
    expect(when({ ...proven, ...restore }, seen("6"))).toMatchObject({ do: "give-up" });
  });

  test("back to the former release asks for nothing", () => {
    expect(when({ ...proven, ...back }, seen("5", true))).toEqual({ do: "begin", what: "swapping" });
  });
});

describe("while the slots are swapped, a deployment", () => {
  const underWay = { tries: 1, begunAt: since, accepted: true };
  const swapping = { state: "swapping", underWay } as const;
  const before = slots(serving("6"), serving("7"));

  test("waits until production serves the release", () => {
    expect(when(swapping, before)).toMatchObject({ do: "look-again", why: "the swap is under way" });
    expect(when(swapping, slots(serving("7"), serving("6")))).toEqual({ do: "come-to", state: "swapped" });
    expect(when(swapping, slots(serving("7"), unknown))).toEqual({ do: "come-to", state: "swapped" });
  });

  test("does not swap again while it is not known what either slot serves: that could undo the swap", () => {
    for (const seen of [slots(unknown, serving("7")), slots(serving("6"), unknown), slots(unknown, unknown)])
      expect(when(swapping, seen, 3600)).toMatchObject({ do: "look-again", stuck: true });
  });

  test("begins the swap again after five minutes; where it may never have begun, after half of one", () => {
    expect(when(swapping, before, 299)).toMatchObject({ do: "look-again" });
    expect(when(swapping, before, 300)).toEqual({ do: "begin", what: "swapping" });
    const unsure = { ...swapping, underWay: { ...underWay, accepted: false } };
    expect(when(unsure, before, 29)).toMatchObject({ do: "look-again" });
    expect(when(unsure, before, 30)).toEqual({ do: "begin", what: "swapping" });
  });

  test("fails after three swaps that changed nothing; but the former release is swapped back for as long as it takes", () => {
    const third = { ...swapping, underWay: { ...underWay, tries: 3 }, why: "409 the app does not start" };
    expect(when({ ...third, underWay: { ...underWay, tries: 2 } }, before, 300)).toMatchObject({ do: "begin" });
    expect(when(third, before, 300)).toEqual({
      do: "fail",
      why: "the swap was begun 3 times, and production still does not serve version 7: 409 the app does not start",
    });
    expect(when({ ...third, ...back }, slots(serving("7"), serving("6")), 300)).toMatchObject({ do: "begin" });
    expect(when({ ...third, ...back }, slots(unknown, serving("6")), 300)).toMatchObject({ do: "begin" });
  });

  test("begins anew, three times, where neither slot has the release any more", () => {
    const gone = slots(serving("6"), serving("5"));
    expect(when({ ...swapping, rounds: 2 }, gone)).toMatchObject({ do: "begin-anew" });
    expect(when({ ...swapping, rounds: 3 }, gone)).toMatchObject({ do: "fail" });
    expect(when({ ...swapping, rounds: 3, ...back }, slots(serving("7"), none))).toMatchObject({ do: "begin-anew" });
  });
});

describe("in production, a release", () => {
  const swapped = { state: "swapped" } as const;
  const seen = (check: Check): Seen => ({ of: "production", check });
  const late = (why: string) => `it was not ready after 60 s: ${why}`;

  test("is verified by predictions that are right, and turned back by any that are not", () => {
    expect(when(swapped, seen({ kind: "right" }))).toEqual({ do: "come-to", state: "verified" });
    const wrong = seen({ kind: "wrong", why: "it predicts 11" });
    expect(when(swapped, wrong)).toEqual({ do: "turn-back", why: "it predicts 11" });
  });

  test.each(["none", "not-yet"] as const)("that is %s is waited for, a minute, and then turned back", (kind) => {
    expect(when(swapped, seen({ kind, why: "loading" }), 59)).toEqual({ do: "look-again", why: "loading" });
    expect(when(swapped, seen({ kind, why: "loading" }), 60)).toEqual({ do: "turn-back", why: late("loading") });
  });

  test("that says it has failed is turned back after ten seconds", () => {
    const failed = seen({ kind: "failed", why: "no memory" });
    expect(when({ ...swapped, failedSince: since }, failed, 9)).toMatchObject({ do: "look-again", failedSince: since });
    expect(when({ ...swapped, failedSince: since }, failed, 10)).toEqual({ do: "turn-back", why: "no memory" });
  });

  test("that cannot be reached is neither good nor bad: an operator is told, and it is looked at again", () => {
    const unreachable = seen({ kind: "unreachable", why: "ECONNREFUSED" });
    const why = "production cannot be reached: ECONNREFUSED";
    expect(when(swapped, unreachable, 119)).toEqual({ do: "look-again", why });
    expect(when(swapped, unreachable, 7200)).toEqual({ do: "look-again", why, stuck: true });
  });

  test("in whose place another serves is swapped in again: a swap that was thought lost came late", () => {
    const other = seen({ kind: "other", why: "it serves version 6" });
    expect(when(swapped, other, 59)).toEqual({ do: "look-again", why: "it serves version 6" });
    expect(when({ ...swapped, rounds: 2 }, other, 60)).toEqual({ do: "begin-anew", why: "it serves version 6" });
    expect(when({ ...swapped, rounds: 3 }, other, 60)).toEqual({ do: "turn-back", why: late("it serves version 6") });
  });

  test("cannot be turned back where there was none before it", () => {
    const wrong = seen({ kind: "wrong", why: "it predicts 11" });
    expect(when({ ...swapped, former: null }, wrong)).toEqual({
      do: "fail",
      why: "version 7 failed in production: it predicts 11; there was no release before it to put back",
    });
    const restore = { command: { ...testRecord().command, kind: "restore" } };
    expect(when({ ...swapped, ...restore }, wrong)).toMatchObject({
      do: "fail",
      why: expect.stringMatching(/champion$/),
    });
  });

  test("that serves again is looked at until it does, and an operator is told", () => {
    const wrong = seen({ kind: "wrong", why: "it predicts 11" });
    expect(when({ ...swapped, ...back }, wrong, 120)).toEqual({ do: "look-again", why: "it predicts 11", stuck: true });
    expect(when({ ...swapped, ...back, rounds: 9 }, seen({ kind: "other", why: "x" }), 60)).toMatchObject({
      do: "begin-anew",
    });
  });
});

describe("what is verified", () => {
  test("is recorded; of a release that failed it is said that the former one serves again", () => {
    expect(when({ state: "verified" }, { of: "nothing" })).toEqual({ do: "record" });
    expect(when({ state: "verified", ...back }, { of: "nothing" })).toEqual({
      do: "fail",
      why: "version 7 failed in production: it predicts nonsense; version 6 serves again",
    });
  });
});

describe.each(["recorded", "announced", "given-up", "failed"] as const)("a deployment that is %s", (state) => {
  const event = { id: "e", type: "t", time: since, cause: "c", data: {} };
  const nothing: Seen = { of: "nothing" };

  test("states its events, asks again for what waited, and rests", () => {
    expect(when({ state, events: [event] }, nothing)).toEqual({ do: "announce" });
    expect(when({ state }, nothing)).toEqual({ do: "settle" });
    expect(when({ state, settled: true }, nothing)).toEqual({ do: "nothing" });
  });

  test("does not let what waits wait for a topic that does not take its events", () => {
    expect(when({ state, events: [event], looks: 1 }, nothing)).toEqual({ do: "settle" });
    expect(when({ state, events: [event], looks: 9, settled: true }, nothing)).toEqual({ do: "announce" });
  });
});

test("what cannot be looked at is looked at again, and said after two minutes", () => {
  const dark: Seen = { of: "darkness", why: "503" };
  expect(when({ state: "staged" }, dark, 119)).toEqual({ do: "look-again", why: "503" });
  expect(when({ state: "staged" }, dark, 120)).toEqual({ do: "look-again", why: "503", stuck: true });
});
