import type { Run } from "@ratchet/contracts";

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
  /** Look again then. `startedAt` is set at the first look that finds the job past its queue. */
  | { readonly kind: "wait"; readonly until: Date; readonly startedAt?: Date }
  | { readonly kind: "completed" }
  | { readonly kind: "ended"; readonly status: "failed" | "canceled" | "timed-out"; readonly reason: string }
  /** The job is past its limit and the workspace has not stopped it: stop it, and go on as timed out. */
  | { readonly kind: "overdue"; readonly reason: string }
  /** The run was claimed long ago and no job came of it: give the claim up. */
  | { readonly kind: "never-submitted"; readonly reason: string };

const second = 1000;
const minute = 60 * second;

/** How long the workspace may take to stop a job by itself once its limit is over. */
export const timeoutSlack = 15 * minute;
/** How long after its claim a run may be without a job: retries of its message take minutes. */
export const submissionLimit = 60 * minute;

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

/** What a look at a run's job means. */
export function conclude(run: Run, { job, doneAt, now }: Look): Conclusion {
  const elapsedSince = (instant: string) => now.getTime() - Date.parse(instant);
  if (!job) {
    if (run.status !== "claimed")
      return { kind: "ended", status: "failed", reason: "the job is gone from the workspace; somebody deleted it" };
    const elapsed = elapsedSince(run.claimedAt);
    if (elapsed < submissionLimit) return { kind: "wait", until: later(now, pace(elapsed)) };
    return {
      kind: "never-submitted",
      reason: `claimed at ${run.claimedAt} and never submitted; replay its train-model`,
    };
  }

  const status = job.status.toLowerCase();
  const submittedAt = run.submittedAt ?? run.claimedAt;
  const told = job.error ? `: ${job.error}` : "";
  switch (status) {
    case "completed":
      return { kind: "completed" };
    case "failed":
      return { kind: "ended", status: "failed", reason: `the job failed${told}` };
    case "canceled": {
      const overLimit = job.timeout !== undefined && elapsedSince(submittedAt) >= job.timeout;
      // The workspace cancels a job that is over its limit, and says no more than that it was cancelled.
      if (overLimit && job.timeout !== undefined && run.cancelRequestedAt === undefined)
        return { kind: "ended", status: "timed-out", reason: `stopped at its limit of ${inWords(job.timeout)}${told}` };
      return { kind: "ended", status: "canceled", reason: `the job was cancelled${told}` };
    }
  }

  if (notYetRunning.has(status)) return { kind: "wait", until: later(now, pace(elapsedSince(submittedAt))) };
  const startedAt = run.startedAt ?? now.toISOString();
  const limit = job.timeout === undefined ? undefined : job.timeout + timeoutSlack;
  if (limit !== undefined && elapsedSince(startedAt) >= limit)
    return { kind: "overdue", reason: `still ${job.status} ${inWords(elapsedSince(startedAt))} after it started` };
  const finishing = doneAt ?? (status === "finalizing" ? new Date(startedAt) : undefined);
  const wait = finishing ? finishingPace(now.getTime() - finishing.getTime()) : pace(elapsedSince(submittedAt));
  return { kind: "wait", until: later(now, wait), ...(run.startedAt ? {} : { startedAt: now }) };
}
