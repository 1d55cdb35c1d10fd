import type { Run } from "@ratchet/contracts";
import { given } from "@ratchet/testing";
import { describe, expect, test } from "vitest";
import { claimedRun, conclusionTime, evolve, modelOfRun, type RunCommand, type RunEvent, runDecider } from "./run.ts";

const start = Date.UTC(2026, 10, 23, 9);
const at = (milliseconds: number) => new Date(start + milliseconds).toISOString();

const claim = {
  runId: "digits-small-0f1e2d3c4b5a6978",
  version: "7",
  batches: ["3f1c9a0b5d7e2468"],
  definitionVersion: "0123456789abcdef",
  warmStart: null,
  reason: "request",
  again: "a request",
  command: "4272be85143167ef0cbfe50baba5903e",
  claimedAt: at(0),
} as const;
const run: Run = claimedRun("digits-small", { ...claim, batches: [...claim.batches] });
const claimed: RunEvent = { kind: "claimed", run };
const submitted: RunEvent = { kind: "submitted", at: at(2000) };
const begun = (by: string, milliseconds: number): RunEvent => ({ kind: "conclusion-begun", by, at: at(milliseconds) });
const begin = (by: string, milliseconds: number): RunCommand => ({
  kind: "begin-conclusion",
  run,
  by,
  at: at(milliseconds),
});
const ended: RunEvent = { kind: "ended", end: { status: "failed", failure: "exit code 1" }, at: at(9000) };

describe("a run's record", () => {
  test("begins with its claim, and knows nothing of the request that asked for it", () => {
    given(runDecider).when({ kind: "claim", run }).then(claimed);
    expect(given(runDecider, claimed).state).toEqual({
      model: "digits-small",
      runId: claim.runId,
      version: "7",
      batches: claim.batches,
      definitionVersion: "0123456789abcdef",
      warmStart: null,
      reason: "request",
      status: "claimed",
      command: claim.command,
      claimedAt: at(0),
    });
  });

  test("goes on where its message is delivered again", () => {
    given(runDecider, claimed).when({ kind: "claim", run }).thenNothing();
    given(runDecider, claimed, submitted)
      .when({ kind: "claim", run: { ...run, claimedAt: at(5000) } })
      .thenNothing();
  });

  test("begins anew where a claim that came to nothing has left it behind", () => {
    const anew = { ...run, version: "8", claimedAt: at(5000) };
    const left = [claimed, { kind: "prepared", codeSha256: "c".repeat(64) }] as const;
    given(runDecider, ...left)
      .when({ kind: "claim", run: anew })
      .then({ kind: "claimed", run: anew });
    expect(given(runDecider, ...left, { kind: "claimed", run: anew }).state).toEqual(anew);
  });

  test("says which code the run has, that it was submitted and that it has started, each once", () => {
    const prepare = { kind: "prepare", run, codeSha256: "c".repeat(64) } as const;
    const prepared = { kind: "prepared", codeSha256: "c".repeat(64) } as const;
    given(runDecider, claimed).when(prepare).then(prepared);
    given(runDecider, claimed, prepared).when(prepare).thenNothing();
    given(runDecider, claimed, prepared)
      .when({ kind: "submit", run, at: at(2000) })
      .then(submitted);
    given(runDecider, claimed, prepared, submitted)
      .when({ kind: "submit", run, at: at(3000) })
      .thenNothing();
    const started = { kind: "started", at: at(4000) } as const;
    given(runDecider, claimed, prepared, submitted)
      .when({ kind: "start", run, at: at(4000) })
      .then(started);
    given(runDecider, claimed, prepared, submitted, started)
      .when({ kind: "start", run, at: at(5000) })
      .thenNothing();
    expect(given(runDecider, claimed, prepared, submitted, started).state).toEqual({
      ...run,
      codeSha256: "c".repeat(64),
      status: "submitted",
      submittedAt: at(2000),
      startedAt: at(4000),
    });
  });

  test("says when somebody asked last to cancel it", () => {
    const asked = { kind: "cancel-requested", at: at(3000) } as const;
    given(runDecider, claimed, submitted, asked)
      .when({ kind: "request-cancel", run, at: at(4000) })
      .then({ kind: "cancel-requested", at: at(4000) });
    expect(given(runDecider, claimed, submitted, asked).state).toMatchObject({ cancelRequestedAt: at(3000) });
  });

  test("is begun from the claim by whatever step finds none", () => {
    given(runDecider).when(begin("m1", 0)).then(claimed, begun("m1", 0));
  });
});

describe("a run's end", () => {
  test("is in the hands of the message that first told of it", () => {
    given(runDecider, claimed, submitted).when(begin("m1", 3000)).then(begun("m1", 3000));
    given(runDecider, claimed, submitted, begun("m1", 3000)).when(begin("m2", 3001)).thenNothing();
    expect(given(runDecider, claimed, begun("m1", 3000)).state?.concluding).toEqual({ by: "m1", at: at(3000) });
  });

  test("goes on in the same hands when that message is delivered again", () => {
    given(runDecider, claimed, submitted, begun("m1", 3000)).when(begin("m1", 3500)).then(begun("m1", 3500));
  });

  test("is taken over by another message after a minute", () => {
    const held = given(runDecider, claimed, submitted, begun("m1", 3000));
    held.when(begin("m2", 3000 + conclusionTime - 1)).thenNothing();
    held.when(begin("m2", 3000 + conclusionTime)).then(begun("m2", 3000 + conclusionTime));
  });

  test("says how and when, and why where it did not complete", () => {
    const past = [claimed, submitted, begun("m1", 3000)];
    const end = { status: "failed", failure: "exit code 1" } as const;
    given(runDecider, ...past)
      .when({ kind: "end", run, end, at: at(9000) })
      .then(ended);
    expect(given(runDecider, ...past, ended).state).toMatchObject({
      status: "failed",
      failure: "exit code 1",
      endedAt: at(9000),
    });
  });

  test.each<RunCommand>([
    { kind: "claim", run: { ...run, claimedAt: at(60_000) } },
    { kind: "prepare", run, codeSha256: "d".repeat(64) },
    { kind: "submit", run, at: at(10_000) },
    { kind: "start", run, at: at(10_000) },
    { kind: "request-cancel", run, at: at(10_000) },
    begin("m1", 10_000),
    { kind: "end", run, end: { status: "completed" }, at: at(10_000) },
  ])("is for good: $kind changes nothing", (command) => {
    given(runDecider, claimed, submitted, begun("m1", 3000), ended).when(command).thenNothing();
  });
});

test("events of a run that has no record make none", () => {
  expect(evolve(undefined, submitted)).toBeUndefined();
});

test("a run's id names the model, hyphens and all", () => {
  expect(modelOfRun(claim.runId)).toBe("digits-small");
  expect(modelOfRun("digits")).toBeUndefined();
});
