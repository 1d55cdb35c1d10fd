import type { Run } from "@ratchet/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conclude, type JobView, type Look, pace, submissionLimit, timeoutSlack } from "./conclude.ts";

const start = Date.UTC(2026, 10, 23, 9);
const at = (seconds: number) => new Date(start + seconds * 1000);
const hour = 3600;

const run = (more: Partial<Run> = {}): Run => ({
  model: "digits",
  runId: "digits-0f1e2d3c4b5a6978",
  version: "7",
  batches: ["3f1c9a0b5d7e2468"],
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
      expect(conclude(run(), look(status, 10))).toEqual({ kind: "wait", until: at(40) });
    },
  );

  test("notes when it first finds the job running", () => {
    expect(conclude(run(), look("Running", 100))).toEqual({ kind: "wait", until: at(130), startedAt: at(100) });
    expect(conclude(run({ startedAt: at(100).toISOString() }), look("Running", 200))).toEqual({
      kind: "wait",
      until: at(250),
    });
  });

  test("that finds the job completed is the end, in whatever case that is written", () => {
    expect(conclude(run(), look("Completed", 60))).toEqual({ kind: "completed" });
    expect(conclude(run({ status: "claimed" }), look("completed", 60))).toEqual({ kind: "completed" });
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
    expect(conclude(started, look("Running", end - 1)).kind).toBe("wait");
    expect(conclude(started, look("Running", end)).kind).toBe("overdue");
    expect(conclude(started, look("NotResponding", end)).kind).toBe("overdue");
  });

  test("does not count the time in the queue towards the limit", () => {
    expect(conclude(run(), look("Queued", 100 * hour)).kind).toBe("wait");
    expect(conclude(run(), look("Running", 100 * hour)).kind).toBe("wait");
  });

  test("gives a claim up that no job has come of, but not while its message may still be retried", () => {
    const claimed = run({ status: "claimed" });
    expect(conclude(claimed, look(undefined, 60)).kind).toBe("wait");
    expect(conclude(claimed, look(undefined, submissionLimit / 1000)).kind).toBe("never-submitted");
  });

  test("says so where the job was deleted", () => {
    expect(conclude(run(), look(undefined, 60))).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/deleted/),
    });
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
          const seen = conclude(run({ startedAt: at(0).toISOString() }), week);
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
