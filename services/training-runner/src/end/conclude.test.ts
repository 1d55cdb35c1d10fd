import type { Run } from "@ratchet/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conclude, goneAfter, type JobView, type Look, pace, submissionLimit, timeoutSlack } from "./conclude.ts";

const start = Date.UTC(2026, 10, 23, 9);
const at = (seconds: number) => new Date(start + seconds * 1000);
const hour = 3600;

const run = (more: Partial<Run> = {}): Run => ({
  model: "digits",
  runId: "digits-0f1e2d3c4b5a6978",
  version: "7",
  dataset: { digest: "d".repeat(64), through: 1, batches: 1 },
  definitionVersion: "0123456789abcdef",
  warmStart: null,
  reason: "data",
  status: "submitted",
  claimedAt: at(0).toISOString(),
  submittedAt: at(0).toISOString(),
  ...more,
});
const look = (
  status: string | undefined,
  seconds: number,
  more: Partial<Look> = {},
  job: Partial<JobView> = {},
): Look => ({
  job: status === undefined ? undefined : { status, timeout: hour * 1000, ...job },
  doneAt: undefined,
  now: at(seconds),
  ...more,
});

describe("a look at a run", () => {
  test.each(["NotStarted", "Starting", "Provisioning", "Preparing", "Queued"])(
    "waits while its job is %s",
    (status) => {
      expect(conclude(run(), look(status, 10))).toEqual({ kind: "wait", until: at(40), seen: "waiting" });
    },
  );

  test("goes on from half a minute to ten minutes apart, the longer the run the longer", () => {
    expect([0, 119, 120, 200, 2400, 10_000].map((seconds) => pace(seconds * 1000))).toEqual([
      30_000, 30_000, 30_000, 50_000, 600_000, 600_000,
    ]);
    expect(conclude(run(), look("Running", 200))).toEqual({ kind: "wait", until: at(250), seen: "running" });
  });

  test("that finds the job completed is the end, in whatever case that is written", () => {
    expect(conclude(run(), look("Completed", 60))).toEqual({ kind: "completed" });
    expect(conclude(run(), look("completed", 60))).toEqual({ kind: "completed" });
  });

  test("that finds the job failed says what the workspace says", () => {
    expect(conclude(run(), look("Failed", 60, {}, { error: "exit code 1" }))).toEqual({
      kind: "ended",
      status: "failed",
      reason: "the job failed: exit code 1",
    });
  });

  test("tells a job that was cancelled from one that was stopped at its limit", () => {
    expect(conclude(run(), look("Canceled", hour - 1))).toMatchObject({ status: "canceled" });
    expect(conclude(run(), look("Canceled", hour))).toMatchObject({
      status: "timed-out",
      reason: "stopped at its limit of 1 h",
    });
    expect(conclude(run(), look("Canceled", hour, {}, { timeout: 3_000 }))).toMatchObject({
      reason: "stopped at its limit of 3 s",
    });
    const asked = run({ cancelRequestedAt: at(hour + 5).toISOString() });
    expect(conclude(asked, look("Canceled", hour + 10))).toMatchObject({ status: "canceled" });
  });

  test("looks again within seconds where the command is through and the job is still finalizing", () => {
    expect(conclude(run(), look("Finalizing", 2000, { doneAt: at(1999) }))).toMatchObject({ until: at(2001) });
    expect(conclude(run(), look("Running", 2000, { doneAt: at(1980) }))).toMatchObject({ until: at(2005) });
  });

  test("stops a job that is far over its limit and still running", () => {
    const started = run({ startedAt: at(60).toISOString() });
    const end = 60 + hour + timeoutSlack / 1000;
    expect(timeoutSlack).toBe(900_000);
    expect(conclude(started, look("Running", end - 1)).kind).toBe("wait");
    expect(conclude(started, look("Running", end))).toEqual({
      kind: "stop",
      stop: { status: "timed-out", reason: "still Running 1.25 h after it started" },
    });
    expect(conclude(started, look("NotResponding", end)).kind).toBe("stop");
    expect(conclude(started, look("Running", end, {}, { timeout: undefined })).kind).toBe("wait");
  });

  test("stops a job that has waited too long for a place, by the run's own bound, else after a day", () => {
    const bound = run({ startTimeout: 600_000 });
    expect(conclude(bound, look("Queued", 599)).kind).toBe("wait");
    expect(conclude(bound, look("Queued", 600))).toEqual({
      kind: "stop",
      stop: {
        status: "failed",
        reason: "still Queued 10 min after it was submitted, which is longer than training.startTimeout",
      },
    });
    expect(conclude(bound, look("Running", 600)).kind).toBe("wait");
    expect(conclude(run(), look("Queued", 24 * hour - 1)).kind).toBe("wait");
    expect(conclude(run(), look("Queued", 24 * hour)).kind).toBe("stop");
  });

  test.each(["Queued", "Running", "CancelRequested"])(
    "has a job that is being stopped and is %s stop, and waits for that",
    (status) => {
      const stopping = { status: "failed", reason: "still Queued", at: at(600).toISOString() } as const;
      const cancel = status !== "CancelRequested";
      expect(conclude(run({ stopping }), look(status, 610))).toMatchObject({ kind: "wait", until: at(640), cancel });
      expect(conclude(run({ stopping }), look(status, 600 + 899))).toMatchObject({ kind: "wait", cancel });
      expect(conclude(run({ stopping }), look(status, 600 + 900))).toEqual({
        kind: "ended",
        status: "failed",
        reason: `still Queued, and still ${status} 15 min after it was told to stop`,
      });
    },
  );

  test("ends a run whose job was stopped as it was meant, unless the job was faster", () => {
    const stopping = { status: "failed", reason: "still Queued", at: at(600).toISOString() } as const;
    const ended = { kind: "ended", status: "failed", reason: "still Queued" };
    expect(conclude(run({ stopping }), look("Canceled", 630))).toEqual(ended);
    expect(conclude(run({ stopping }), look("Failed", 630))).toEqual(ended);
    expect(conclude(run({ stopping }), look("Completed", 630))).toEqual({ kind: "completed" });
    const gone = run({ stopping, missingSince: at(600).toISOString() });
    expect(conclude(gone, look(undefined, 900))).toEqual(ended);
  });

  test("goes on asking for a cancel until the job stops", () => {
    const asked = run({ cancelRequestedAt: at(50).toISOString() });
    expect(conclude(asked, look("Running", 60))).toMatchObject({ kind: "wait", until: at(90), cancel: true });
    expect(conclude(asked, look("CancelRequested", 60))).toMatchObject({ kind: "wait", cancel: false });
    expect(conclude(run(), look("Running", 60))).not.toHaveProperty("cancel");
  });

  test("does not count the time in the queue towards the limit", () => {
    const patient = run({ startTimeout: 200 * hour * 1000 });
    expect(conclude(patient, look("Queued", 100 * hour)).kind).toBe("wait");
    expect(conclude(patient, look("Running", 100 * hour)).kind).toBe("wait");
  });

  test("has a claim without a job submitted, and given up after an hour", () => {
    const claimed = run({ status: "claimed" });
    expect(submissionLimit).toBe(3_600_000);
    expect(conclude(claimed, look(undefined, 0))).toEqual({ kind: "submit" });
    expect(conclude(claimed, look(undefined, hour - 1))).toEqual({ kind: "submit" });
    expect(conclude(claimed, look(undefined, hour))).toEqual({
      kind: "give-up",
      reason: "claimed at 2026-11-23T09:00:00.000Z and not submitted within 1 h",
    });
  });

  test("has a job that its record does not know of written down first, whatever has become of it", () => {
    for (const status of ["Queued", "Running", "Completed", "Canceled"])
      expect(conclude(run({ status: "claimed" }), look(status, 2 * hour))).toEqual({ kind: "note" });
  });

  test("ends a run that was cancelled before there was a job", () => {
    const asked = run({ status: "claimed", cancelRequestedAt: at(5).toISOString() });
    expect(conclude(asked, look(undefined, 10))).toEqual({
      kind: "ended",
      status: "canceled",
      reason: "it was cancelled before its job was submitted",
    });
  });

  test("says so where the job was deleted, once that is certain", () => {
    expect(goneAfter).toBe(300_000);
    expect(conclude(run(), look(undefined, 60))).toEqual({ kind: "wait", until: at(120), seen: "missing" });
    const missed = run({ missingSince: at(60).toISOString() });
    expect(conclude(missed, look(undefined, 359))).toMatchObject({ kind: "wait", seen: "missing" });
    expect(conclude(missed, look(undefined, 360))).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/deleted/),
    });
    expect(conclude(missed, look("Running", 360))).toMatchObject({ kind: "wait", seen: "running" });
  });

  test("is never due at once and never more than ten minutes away", () => {
    const statuses = ["Queued", "Running", "Finalizing", "CancelRequested", "Paused", "Unknown", "SomethingNew"];
    fc.assert(
      fc.property(
        fc.constantFrom(...statuses),
        fc.integer({ min: 0, max: 30 * 24 * hour }),
        fc.boolean(),
        (status, seconds, done) => {
          const week = look(status, seconds, done ? { doneAt: at(seconds) } : {}, { timeout: 30 * 24 * hour * 1000 });
          const patient = run({ startedAt: at(0).toISOString(), startTimeout: 31 * 24 * hour * 1000 });
          const seen = conclude(patient, week);
          if (seen.kind !== "wait") throw new Error(`expected to wait, not ${seen.kind}`);
          const wait = seen.until.getTime() - week.now.getTime();
          expect(wait).toBeGreaterThanOrEqual(1000);
          expect(wait).toBeLessThanOrEqual(600_000);
        },
      ),
    );
  });
});

test("the looks at a run of a week are few", () => {
  let looks = 0;
  for (let elapsed = 0; elapsed < 7 * 24 * hour * 1000; elapsed += pace(elapsed)) looks += 1;
  expect(looks).toBeLessThan(1100);
});
