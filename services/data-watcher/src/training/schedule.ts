import { PermanentError } from "@ratchet/messaging";
import { Cron } from "croner";

/** What a model's schedule asks for now. */
export type ScheduleStep =
  /** Nothing has come due. */
  | { readonly kind: "rest" }
  /** Seen for the first time: what lay before is not made up for. */
  | { readonly kind: "begin"; readonly at: Date }
  /** Due since `occurrence`; occurrences missed before it are not made up for one by one. */
  | { readonly kind: "train"; readonly occurrence: Date };

/** A schedule that no clock ever meets, or that is no NCRONTAB expression. */
export class ScheduleError extends PermanentError {
  override readonly name = "ScheduleError";

  constructor(schedule: string, why: string) {
    super(`the schedule "${schedule}" cannot be read: ${why}; write six fields, seconds first, e.g. "0 0 6 * * 1"`);
  }
}

/** An NCRONTAB expression, in UTC, as the Functions timer reads it: day and day of week both have to match. */
function read(schedule: string): Cron {
  try {
    return new Cron(schedule, { mode: "6-part", timezone: "UTC", domAndDow: true, sloppyRanges: true, paused: true });
  } catch (error) {
    throw new ScheduleError(schedule, error instanceof Error ? error.message : String(error));
  }
}

/** The latest time, not after `now`, that a schedule names. */
function latestOccurrence(schedule: string, now: Date): Date {
  // Times strictly before are looked for: a millisecond later, now itself is one.
  const [latest] = read(schedule).previousRuns(1, new Date(now.getTime() + 1));
  if (!latest) throw new ScheduleError(schedule, "no day is like that");
  return latest;
}

/**
 * Whether a schedule has come due since it was last seen.
 * @throws {ScheduleError} when the expression cannot be read, or names no day that there is.
 */
export function scheduleStep(schedule: string, seenAt: Date | undefined, now: Date): ScheduleStep {
  const occurrence = latestOccurrence(schedule, now);
  if (!seenAt) return { kind: "begin", at: now };
  return occurrence > seenAt ? { kind: "train", occurrence } : { kind: "rest" };
}
