import type { Run } from "@ratchet/contracts";
import type { Stop } from "../run/run-events.ts";

/** A job as the workspace tells of it. */
export interface JobView {
  readonly status: string;
  /** The job's own limit, in milliseconds. */
  readonly timeout?: number | undefined;
  /** What the workspace says went wrong. */
  readonly error?: string | undefined;
  readonly studioUrl?: string | undefined;
}

/** Everything that can be known of a run's state from one look. */
export interface Look {
  /** Undefined where the workspace knows no such job. */
  readonly job: JobView | undefined;
  /** When the command wrote `_DONE.json`, its last act; undefined as long as it has not. */
  readonly doneAt: Date | undefined;
  readonly now: Date;
}

/** What one look at a run means. */
export type Conclusion =
  /** Look again then. `cancel`: somebody has asked to cancel the job, and it does not stop yet. */
  | {
      readonly kind: "wait";
      readonly until: Date;
      readonly seen: "missing" | "waiting" | "running";
      readonly cancel?: boolean;
    }
  /** There is no job yet: submit it. */
  | { readonly kind: "submit" }
  /** There is a job, and the record does not say so: write it down. */
  | { readonly kind: "note" }
  /** The run was claimed long ago and no job came of it: give the claim up. */
  | { readonly kind: "give-up"; readonly reason: string }
  /** The job is past a limit of the run, and the workspace has not stopped it: stop it. */
  | { readonly kind: "stop"; readonly stop: Stop }
  | { readonly kind: "completed" }
  | { readonly kind: "ended"; readonly status: "failed" | "canceled" | "timed-out"; readonly reason: string };

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long the workspace may take to stop a job: by itself once its limit is over, or when it is asked to. */
export const timeoutSlack = 15 * minute;
/** How long after its claim a run may be without a job. */
export const submissionLimit = 60 * minute;
/** How long the workspace may know nothing of a job that was submitted before it is taken for deleted. */
export const goneAfter = 5 * minute;
/** How long a job may wait for a place where the record of its run, being older, does not say. */
const defaultStartTimeout = 24 * hour;

const notYetRunning: ReadonlySet<string> = new Set(["notstarted", "starting", "provisioning", "preparing", "queued"]);

const between = (low: number, value: number, high: number) => Math.max(low, Math.min(value, high));

const later = (now: Date, milliseconds: number) => new Date(now.getTime() + milliseconds);

/** How long to wait before the next look: half a minute at first, for a run of days ten minutes. */
export const pace = (elapsed: number): number => between(30 * second, elapsed / 4, 10 * minute);

/** The command is through and the workspace is still putting things away: that takes seconds. */
const finishingPace = (elapsed: number): number => between(second, elapsed / 4, minute);

/** `90 s`, `45 min`, `1.5 h`. */
function inWords(milliseconds: number): string {
  if (milliseconds < 2 * minute) return `${Math.round(milliseconds / second)} s`;
  if (milliseconds < 60 * minute) return `${Math.round(milliseconds / minute)} min`;
  return `${Math.round(milliseconds / (0.6 * minute)) / 100} h`;
}

/** A run without a job, and of which nobody has said that there was one. */
function withoutJob(run: Run, elapsed: number): Conclusion {
  if (run.cancelRequestedAt !== undefined)
    return { kind: "ended", status: "canceled", reason: "it was cancelled before its job was submitted" };
  if (elapsed < submissionLimit) return { kind: "submit" };
  const reason = `claimed at ${run.claimedAt} and not submitted within ${inWords(submissionLimit)}`;
  return { kind: "give-up", reason };
}

/** A run whose job was submitted and is not there. An answer may be stale: it is believed when it stays so. */
function withJobGone(run: Run, now: Date): Conclusion {
  const { missingSince, stopping } = run;
  const missing = missingSince === undefined ? 0 : now.getTime() - Date.parse(missingSince);
  if (missing < goneAfter) return { kind: "wait", until: later(now, minute), seen: "missing" };
  if (stopping) return { kind: "ended", status: stopping.status, reason: stopping.reason };
  return { kind: "ended", status: "failed", reason: "the job is gone from the workspace; somebody deleted it" };
}

/** What a look at a run's job means. */
export function conclude(run: Run, { job, doneAt, now }: Look): Conclusion {
  const elapsedSince = (instant: string) => now.getTime() - Date.parse(instant);
  if (run.status === "claimed") return job ? { kind: "note" } : withoutJob(run, elapsedSince(run.claimedAt));
  if (!job) return withJobGone(run, now);

  const status = job.status.toLowerCase();
  const { submittedAt = run.claimedAt, stopping, cancelRequestedAt, startTimeout = defaultStartTimeout } = run;
  const told = job.error ? `: ${job.error}` : "";
  const stopped = stopping && ({ kind: "ended", status: stopping.status, reason: stopping.reason } as const);
  switch (status) {
    case "completed":
      return { kind: "completed" };
    case "failed":
      return stopped ?? { kind: "ended", status: "failed", reason: `the job failed${told}` };
    case "canceled": {
      if (stopped) return stopped;
      // The workspace cancels a job that is over its limit, and says no more than that it was cancelled.
      if (job.timeout !== undefined && elapsedSince(submittedAt) >= job.timeout && cancelRequestedAt === undefined)
        return { kind: "ended", status: "timed-out", reason: `stopped at its limit of ${inWords(job.timeout)}${told}` };
      return { kind: "ended", status: "canceled", reason: `the job was cancelled${told}` };
    }
  }

  const waits = notYetRunning.has(status);
  const seen = waits ? "waiting" : "running";
  if (stopping) {
    if (elapsedSince(stopping.at) < timeoutSlack)
      return { kind: "wait", until: later(now, pace(0)), seen, cancel: status !== "cancelrequested" };
    const why = `${stopping.reason}, and still ${job.status} ${inWords(timeoutSlack)} after it was told to stop`;
    return { kind: "ended", status: stopping.status, reason: why };
  }
  if (waits && elapsedSince(submittedAt) >= startTimeout) {
    const reason = `still ${job.status} ${inWords(elapsedSince(submittedAt))} after it was submitted, which is longer than training.startTimeout`;
    return { kind: "stop", stop: { status: "failed", reason } };
  }
  const startedAt = run.startedAt ?? now.toISOString();
  const limit = job.timeout === undefined ? Number.POSITIVE_INFINITY : job.timeout + timeoutSlack;
  if (!waits && elapsedSince(startedAt) >= limit) {
    const reason = `still ${job.status} ${inWords(elapsedSince(startedAt))} after it started`;
    return { kind: "stop", stop: { status: "timed-out", reason } };
  }
  if (cancelRequestedAt !== undefined)
    return { kind: "wait", until: later(now, pace(0)), seen, cancel: status !== "cancelrequested" };
  const finishing = doneAt ?? (status === "finalizing" ? new Date(startedAt) : undefined);
  const wait = finishing ? finishingPace(now.getTime() - finishing.getTime()) : pace(elapsedSince(submittedAt));
  return { kind: "wait", until: later(now, wait), seen };
}
