import type { Run } from "@ratchet/contracts";
import { moved } from "@ratchet/state";
import { given } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { claimedRun, conclusionTime, modelOfRun, type RunCommand, runDecider } from "./run.ts";
import { evolve, isConcluded, nextStep, type RunEvent } from "./run-events.ts";

const start = Date.UTC(2026, 10, 23, 9);
const at = (milliseconds: number) => new Date(start + milliseconds).toISOString();

const claim = {
  runId: "digits-small-0f1e2d3c4b5a6978",
  version: "7",
  dataset: { digest: "d".repeat(64), through: 1, batches: 1 },
  definitionVersion: "0123456789abcdef",
  warmStart: null,
  reason: "request",
  again: "a request",
  attempt: 2,
  attempts: 3,
  startTimeout: 3_600_000,
  command: "4272be85143167ef0cbfe50baba5903e",
  claimedAt: at(0),
} as const;
const run: Run = claimedRun("digits-small", claim);
const begun: Run = { ...run, look: 1, lookAt: at(30_000) };
const claimed: RunEvent = { kind: "claimed", run: begun };
const submitted: RunEvent = { kind: "submitted", at: at(2000) };
const inHand = (by: string, milliseconds: number): RunEvent => ({ kind: "taken-in-hand", by, at: at(milliseconds) });
const take = (by: string, milliseconds: number, from: Run["status"] = "submitted"): RunCommand => ({
  kind: "take-in-hand",
  run,
  from,
  by,
  at: at(milliseconds),
});
const failed: RunEvent = { kind: "ended", end: { status: "failed", failure: "exit code 1" }, at: at(9000) };
const completed: RunEvent = { kind: "ended", end: { status: "completed", votedToDeploy: true }, at: at(9000) };
const done = (...steps: readonly Extract<RunEvent, { readonly kind: "concluded" }>["step"][]): readonly RunEvent[] =>
  steps.map((step) => ({ kind: "concluded", step, at: at(9500) }));

describe("a run's record", () => {
  test("begins with its claim, its first look half a minute later, and knows nothing of the request that asked for it", () => {
    given(runDecider).when({ kind: "claim", run }).then(claimed);
    expect(given(runDecider, claimed).state).toEqual({
      model: "digits-small",
      runId: claim.runId,
      version: "7",
      dataset: claim.dataset,
      definitionVersion: "0123456789abcdef",
      warmStart: null,
      reason: "request",
      attempt: 2,
      attempts: 3,
      startTimeout: 3_600_000,
      status: "claimed",
      command: claim.command,
      claimedAt: at(0),
      look: 1,
      lookAt: "2026-11-23T09:00:30.000Z",
    });
  });

  test("goes on where its message is delivered again", () => {
    given(runDecider, claimed).when({ kind: "claim", run }).thenNothing();
    given(runDecider, claimed, submitted)
      .when({ kind: "claim", run: { ...run, claimedAt: at(5000) } })
      .thenNothing();
  });

  test("begins anew where a claim that came to nothing has left it behind, and counts its looks on", () => {
    const anew = { ...run, version: "8", claimedAt: at(5000) };
    const left = [claimed, { kind: "look-set", look: 4, at: at(4000) }, inHand("m1", 4000)] as const;
    const first = { ...anew, look: 5, lookAt: at(35_000) };
    given(runDecider, ...left)
      .when({ kind: "claim", run: anew })
      .then({ kind: "claimed", run: first });
    expect(given(runDecider, ...left, { kind: "claimed", run: first }).state).toEqual(first);
  });

  test("that came to nothing is at its end, with the reason, until it is claimed anew", () => {
    const reason = "no job has come of it";
    const givenUp: RunEvent = { kind: "given-up", reason, at: at(4000) };
    given(runDecider, claimed)
      .when({ kind: "give-up", run, reason, at: at(4000) })
      .then(givenUp);
    const { lookAt, inHand: hand, givenUp: end } = given(runDecider, claimed, inHand("m1", 1000), givenUp).state ?? {};
    expect({ lookAt, hand, end }).toEqual({ end: { at: at(4000), reason } });
    for (const step of [
      { kind: "give-up", run, reason: "another", at: at(5000) },
      { kind: "submit", run, at: at(5000) },
      { kind: "look", run, at: at(5000), until: at(9000) },
      { kind: "revive", run, at: at(5000) },
      take("m2", 90_000, "claimed"),
    ] satisfies readonly RunCommand[])
      given(runDecider, claimed, givenUp).when(step).thenNothing();
    const anew = { ...run, claimedAt: at(6000) };
    const first = { ...anew, look: 2, lookAt: at(36_000) };
    given(runDecider, claimed, givenUp).when({ kind: "claim", run: anew }).then({ kind: "claimed", run: first });
    // A job was submitted for it: that is no claim any more.
    given(runDecider, claimed, submitted)
      .when({ kind: "give-up", run, reason, at: at(4000) })
      .thenNothing();
  });

  test("goes by the numbers of claims where there are any: a clock may have gone back between two", () => {
    const [third, fourth] = [
      { ...run, claim: 3 },
      { ...run, claim: 4, claimedAt: at(-60_000) },
    ];
    const [begun3, begun4] = [third, fourth].map((one): RunEvent => ({ kind: "claimed", run: { ...begun, ...one } }));
    if (!begun3 || !begun4) expect.fail("two claims");
    const first = { ...fourth, look: 2, lookAt: at(-30_000) };
    given(runDecider, begun3).when({ kind: "claim", run: fourth }).then({ kind: "claimed", run: first });
    given(runDecider, begun4)
      .when({ kind: "submit", run: third, at: at(2000) })
      .thenNothing();
    // One of before there were numbers is earlier than any that has one.
    given(runDecider, begun4)
      .when({ kind: "submit", run, at: at(2000) })
      .thenNothing();
  });

  test("does not go back to a claim that was given up, whoever still works for that", () => {
    const anew: RunEvent = { kind: "claimed", run: { ...begun, claimedAt: at(5000) } };
    for (const command of [
      { kind: "claim", run },
      { kind: "submit", run, at: at(6000) },
      take("m1", 6000),
    ] satisfies RunCommand[])
      given(runDecider, anew).when(command).thenNothing();
  });

  test("says which code the run has, and means the number that the registry gives next, not one that is behind it", () => {
    const codeSha256 = "c".repeat(64);
    const prepare = (next: number) => ({ kind: "prepare", run, codeSha256, next }) as const;
    const prepared = { kind: "prepared", codeSha256, version: "9" } as const;
    given(runDecider, claimed).when(prepare(9)).then(prepared);
    given(runDecider, claimed)
      .when(prepare(3))
      .then({ ...prepared, version: "7" });
    given(runDecider, claimed, prepared).when(prepare(9)).thenNothing();
    expect(given(runDecider, claimed, prepared).state).toMatchObject({ codeSha256, version: "9" });
  });

  test("says that it was submitted, once, and is in nobody's hands then", () => {
    given(runDecider, claimed, inHand("m1", 1000))
      .when({ kind: "submit", run, at: at(2000) })
      .then(submitted);
    given(runDecider, claimed, submitted)
      .when({ kind: "submit", run, at: at(3000) })
      .thenNothing();
    const {
      status,
      submittedAt,
      inHand: hands,
    } = given(runDecider, claimed, inHand("m1", 1000), submitted).state ?? {};
    expect({ status, submittedAt, hands }).toEqual({ status: "submitted", submittedAt: at(2000), hands: undefined });
  });

  test("says when somebody asked last to cancel it, before there is a job as well", () => {
    const asked = { kind: "cancel-requested", at: at(3000) } as const;
    given(runDecider, claimed)
      .when({ kind: "request-cancel", run, at: at(3000) })
      .then(asked);
    given(runDecider)
      .when({ kind: "request-cancel", run, at: at(3000) })
      .then(claimed, asked);
    given(runDecider, claimed, submitted, asked)
      .when({ kind: "request-cancel", run, at: at(4000) })
      .then({ kind: "cancel-requested", at: at(4000) });
    expect(given(runDecider, claimed, submitted, asked).state).toMatchObject({ cancelRequestedAt: at(3000) });
  });

  test("says once as what it ends when it is stopped", () => {
    const stop = { status: "timed-out", reason: "still Running" } as const;
    const stopping = { kind: "stopping", stop, at: at(5000) } as const;
    given(runDecider, claimed, submitted)
      .when({ kind: "stop", run, stop, at: at(5000) })
      .then(stopping);
    given(runDecider, claimed, submitted, stopping)
      .when({ kind: "stop", run, stop: { ...stop, status: "failed" }, at: at(6000) })
      .thenNothing();
    expect(given(runDecider, claimed, submitted, stopping).state?.stopping).toEqual({ ...stop, at: at(5000) });
  });
});

describe("the looks at a run", () => {
  type Look = RunCommand & { readonly kind: "look" };
  const look = (milliseconds: number, until: number, more: Partial<Look> = {}): RunCommand => ({
    kind: "look",
    run,
    at: at(milliseconds),
    until: at(until),
    ...more,
  });
  const set = (number: number, milliseconds: number): RunEvent => ({
    kind: "look-set",
    look: number,
    at: at(milliseconds),
  });

  test("follow each other: the one that is due sets the next", () => {
    given(runDecider, claimed, submitted)
      .when(look(30_000, 60_000, { asker: 1 }))
      .then(set(2, 60_000));
    given(runDecider, claimed, submitted, set(2, 60_000))
      .when(look(60_000, 90_000, { asker: 2 }))
      .then(set(3, 90_000));
    expect(given(runDecider, claimed, set(2, 60_000)).state).toMatchObject({ look: 2, lookAt: at(60_000) });
  });

  test("are one chain: what comes beside it sets none, however late or often", () => {
    const chain = given(runDecider, claimed, submitted, set(2, 60_000), set(3, 90_000));
    chain.when(look(60_000, 95_000, { asker: 1 })).thenNothing();
    chain.when(look(60_000, 95_000, { asker: 2 })).thenNothing();
    chain.when(look(60_000, 90_000)).thenNothing();
    chain.when(look(200_000, 210_000)).thenNothing();
  });

  test("come sooner where somebody knows that there is something to be seen", () => {
    const chain = given(runDecider, claimed, submitted, set(2, 60_000));
    chain.when(look(40_000, 41_000)).then(set(3, 41_000));
    chain.when(look(40_000, 59_999, { asker: 1 })).then(set(3, 59_999));
  });

  test("go on from a record that says nothing of looks, and from one that is behind", () => {
    const old: RunEvent = { kind: "claimed", run };
    given(runDecider, old, submitted)
      .when(look(30_000, 60_000, { asker: 5 }))
      .then(set(6, 60_000));
    given(runDecider, old, submitted).when(look(30_000, 60_000)).then(set(1, 60_000));
  });

  test("tell until when its job was found waiting for a place", () => {
    const waited: RunEvent = { kind: "look-set", look: 2, at: at(60_000), queuedUntil: at(30_000) };
    given(runDecider, claimed, submitted)
      .when(look(30_000, 60_000, { asker: 1, seen: "waiting" }))
      .then(waited);
    const { state } = given(runDecider, claimed, submitted, waited);
    expect(state).toMatchObject({ queuedUntil: at(30_000), lookAt: at(60_000) });
  });

  test("are revived under a number that was never used, and it is known since when", () => {
    const revived = (number: number, milliseconds: number, since: number): RunEvent => ({
      kind: "revived",
      look: number,
      at: at(milliseconds),
      since: at(since),
    });
    const revive = (milliseconds: number): RunCommand => ({ kind: "revive", run, at: at(milliseconds) });
    given(runDecider, claimed, submitted, set(2, 60_000))
      .when(revive(400_000))
      .then(revived(3, 400_000, 60_000));
    given(runDecider, claimed, submitted, set(2, 60_000), revived(3, 400_000, 60_000))
      .when(revive(800_000))
      .then(revived(4, 800_000, 60_000));
    given(runDecider)
      .when(revive(400_000))
      .then(claimed, revived(2, 400_000, 30_000));
    const overdue = [claimed, submitted, revived(2, 400_000, 60_000)] as const;
    given(runDecider, ...overdue)
      .when({ kind: "tell-overdue", run })
      .then({ kind: "overdue-told" });
    given(runDecider, ...overdue, { kind: "overdue-told" })
      .when({ kind: "tell-overdue", run })
      .thenNothing();
    const { overdueSince, toldOverdue } =
      given(runDecider, ...overdue, { kind: "overdue-told" }, set(3, 500_000)).state ?? {};
    expect({ overdueSince, toldOverdue }).toEqual({ overdueSince: undefined, toldOverdue: undefined });
    given(runDecider, claimed, submitted).when({ kind: "tell-overdue", run }).thenNothing();
  });

  test("note when the job is first found running, and since when it is not found", () => {
    const quiet = { asker: undefined };
    const chain = [claimed, submitted] as const;
    given(runDecider, ...chain)
      .when(look(10_000, 40_000, { ...quiet, seen: "waiting" }))
      .thenNothing();
    given(runDecider, ...chain)
      .when(look(10_000, 40_000, { ...quiet, seen: "running" }))
      .then({ kind: "started", at: at(10_000) });
    given(runDecider, ...chain, { kind: "started", at: at(10_000) })
      .when(look(20_000, 40_000, { ...quiet, seen: "running" }))
      .thenNothing();
    given(runDecider, ...chain)
      .when(look(10_000, 40_000, { ...quiet, seen: "missing" }))
      .then({ kind: "missed", at: at(10_000) });
    given(runDecider, ...chain, { kind: "missed", at: at(10_000) })
      .when(look(20_000, 40_000, { ...quiet, seen: "missing" }))
      .thenNothing();
    given(runDecider, ...chain, { kind: "missed", at: at(10_000) })
      .when(look(20_000, 40_000, { ...quiet, seen: "running" }))
      .then({ kind: "found" }, { kind: "started", at: at(20_000) });
    expect(given(runDecider, ...chain, { kind: "missed", at: at(10_000) }, { kind: "found" }).state?.missingSince).toBe(
      undefined,
    );
  });
});

describe("a run that several messages could move on", () => {
  test("is in the hands of the first", () => {
    given(runDecider, claimed, submitted).when(take("m1", 3000)).then(inHand("m1", 3000));
    given(runDecider, claimed, submitted, inHand("m1", 3000)).when(take("m2", 3001)).thenNothing();
    expect(given(runDecider, claimed, inHand("m1", 3000)).state?.inHand).toEqual({ by: "m1", at: at(3000) });
    given(runDecider)
      .when(take("m1", 0, "claimed"))
      .then(claimed, inHand("m1", 0));
  });

  test("is in nobody's hands where it was moved on since: whoever knows it as claimed has nothing to do once it is submitted", () => {
    given(runDecider, claimed, submitted)
      .when(take("m2", 3000, "claimed"))
      .thenNothing();
  });

  test("goes on in the same hands when that message is delivered again", () => {
    given(runDecider, claimed, submitted, inHand("m1", 3000)).when(take("m1", 3500)).then(inHand("m1", 3500));
  });

  test("is taken over by another message after a minute", () => {
    expect(conclusionTime).toBe(60_000);
    const held = given(runDecider, claimed, submitted, failed, inHand("m1", 3000));
    held.when(take("m2", 62_999, "failed")).thenNothing();
    held.when(take("m2", 63_000, "failed")).then(inHand("m2", 63_000));
  });
});

describe("a run's end", () => {
  test("is written down before anything follows from it: how, when, and why where it did not complete", () => {
    const end = { status: "failed", failure: "exit code 1" } as const;
    given(runDecider, claimed, submitted)
      .when({ kind: "end", run, end, at: at(9000) })
      .then(failed);
    expect(given(runDecider, claimed, submitted, failed).state).toMatchObject({
      status: "failed",
      failure: "exit code 1",
      endedAt: at(9000),
      concluded: [],
      lookAt: at(30_000),
    });
    expect(given(runDecider, claimed, submitted, completed).state).toMatchObject({ votedToDeploy: true });
  });

  test.each<RunCommand>([
    { kind: "claim", run: { ...run, claimedAt: at(60_000) } },
    { kind: "prepare", run, codeSha256: "d".repeat(64), next: 12 },
    { kind: "submit", run, at: at(10_000) },
    { kind: "request-cancel", run, at: at(10_000) },
    { kind: "stop", run, stop: { status: "timed-out", reason: "late" }, at: at(10_000) },
    { kind: "end", run, end: { status: "completed", votedToDeploy: false }, at: at(10_000) },
  ])("is for good: $kind changes nothing", (command) => {
    given(runDecider, claimed, submitted, failed).when(command).thenNothing();
  });

  test("of a completed run has three steps, of any other one, each once and in order", () => {
    const steps = ["register-model", "tell-end", "ask-for-verdict"] as const;
    for (const [index, step] of steps.entries()) {
      const past = [claimed, submitted, completed, ...done(...steps.slice(0, index))];
      expect(nextStep(given(runDecider, ...past).state as Run)).toBe(step);
      given(runDecider, ...past)
        .when({ kind: "conclude", run, step, at: at(9500) })
        .then(...done(step));
      for (const other of steps.filter((one) => one !== step))
        given(runDecider, ...past)
          .when({ kind: "conclude", run, step: other, at: at(9500) })
          .thenNothing();
    }
    expect(nextStep(given(runDecider, claimed, submitted, failed).state as Run)).toBe("tell-end");
    expect(nextStep(given(runDecider, claimed, submitted, failed, ...done("tell-end")).state as Run)).toBeUndefined();
  });

  test("is concluded with its last step: then no look is due, and nothing changes it", () => {
    const past = [claimed, submitted, failed, ...done("tell-end")];
    const { state } = given(runDecider, ...past);
    expect(state).toMatchObject({ concluded: ["tell-end"], concludedAt: at(9500) });
    expect(state?.lookAt).toBeUndefined();
    expect(nextStep(state as Run)).toBeUndefined();
    for (const command of [
      take("m1", 90_000),
      { kind: "look", run, at: at(90_000), until: at(95_000), asker: 9 },
      { kind: "revive", run, at: at(90_000) },
      { kind: "conclude", run, step: "tell-end", at: at(90_000) },
      { kind: "take-version", run, instead: "7", version: "8" },
    ] satisfies RunCommand[])
      given(runDecider, ...past)
        .when(command)
        .thenNothing();
  });

  test("of a record from before steps were written down is concluded: all was done before it was written", () => {
    const { concluded: _, ...old } = given(runDecider, claimed, submitted, completed).state as Run;
    expect(isConcluded(old)).toBe(true);
    expect(moved(runDecider, old, take("m1", 90_000)).events).toEqual([]);
    for (const past of [[claimed], [claimed, submitted], [claimed, submitted, completed]])
      expect(isConcluded(given(runDecider, ...past).state as Run)).toBe(false);
  });

  test("means another number where the one that it means is somebody else's, whoever finds that out first", () => {
    const take8: RunCommand = { kind: "take-version", run, instead: "7", version: "8" };
    given(runDecider, claimed, submitted, completed).when(take8).then({ kind: "version-taken", version: "8" });
    given(runDecider, claimed, submitted, completed, { kind: "version-taken", version: "8" }).when(take8).thenNothing();
    given(runDecider, claimed, submitted).when(take8).thenNothing();
  });
});

test("events of a run that has no record make none", () => {
  expect(evolve(undefined, submitted)).toBeUndefined();
});

test("a run's id names the model, hyphens and all", () => {
  expect(modelOfRun(claim.runId)).toBe("digits-small");
  expect(modelOfRun("digits")).toBeUndefined();
});
