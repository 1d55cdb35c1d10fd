import { type DatasetRef, type Run, runIdOf, type TrainingSlot } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import type { Budget } from "./budget.ts";

export type Claim = NonNullable<TrainingSlot["running"]>;
export type Waiting = NonNullable<TrainingSlot["waiting"]>;

/** What is wanted of a run. */
export interface Wish extends Pick<Claim, "reason" | "again" | "coldStart" | "attempt" | "beyondBudget"> {
  /** Up to where in the log of admissions it is to be trained on; all that is admitted where it is undefined. */
  readonly through?: number | undefined;
}

/** A wish to train, as a train-model message says it. */
export interface Ask extends Omit<Wish, "attempt"> {
  /** The message's id. */
  readonly command: string;
  /** Whether it is no new wish but the word to take up what waits. */
  readonly waited?: boolean | undefined;
}

/** What a wish would be trained on. */
export interface Described {
  /** Of a wish up to where. */
  readonly through: number | undefined;
  /** Null where there is nothing to train on. */
  readonly dataset: DatasetRef | null;
}

/** What a run would start from if it started now, and what the model's definition grants it. */
export interface Ground {
  readonly definitionVersion: string;
  readonly warmStart: Run["warmStart"];
  readonly attempts: number;
  /** In milliseconds. */
  readonly startTimeout: number;
  readonly budget: Budget;
  /** Undefined where the slot was held when it was looked at: then nothing starts. */
  readonly described: Described | undefined;
  readonly at: string;
}

const urgency: readonly Run["reason"][] = ["data", "schedule", "request"];

/** The slot has been let go of, or something else waits in it, since it was looked at. */
export class SlotMovedError extends TransientError {
  override readonly name = "SlotMovedError";
}

/** Whether data up to one position has all that is wanted up to another. */
export const reaches = (one: number | undefined, wanted: number | undefined): boolean =>
  one === undefined || (wanted !== undefined && one >= wanted);

/** Up to where two wishes together want to be trained on. */
const farther = (one: number | undefined, other: number | undefined): number | undefined =>
  reaches(one, other) ? one : other;

/** Which attempt two wishes make together: it goes on being one where the other adds nothing to its input. */
function attemptOf(through: number | undefined, first: Wish, second: Wish): number | undefined {
  if (first.through === through) return first.attempt;
  return second.through === through ? second.attempt : undefined;
}

/** Two wishes as one: all the data, the stronger reason, the latest word of an operator. */
export function merge(first: Waiting | null, second: Wish): Waiting {
  const { through: asked, reason, again, coldStart, attempt, beyondBudget } = second;
  if (!first) return { through: asked, reason, again, coldStart, attempt, beyondBudget };
  const through = farther(first.through, asked);
  return {
    ...first,
    through,
    reason: urgency.indexOf(first.reason) > urgency.indexOf(reason) ? first.reason : reason,
    again: again ?? first.again,
    coldStart: coldStart ?? first.coldStart,
    attempt: attemptOf(through, first, second),
    beyondBudget: beyondBudget ?? first.beyondBudget,
  };
}

/** Whether the running run does all that is asked. */
export function isBeingDone(
  run: Claim,
  { through, reason, again, coldStart }: Ask,
  { definitionVersion }: Ground,
): boolean {
  // What was withdrawn is said in the log as well: a run on it does not reach as far as whoever asks after that.
  if (!run.dataset || !reaches(run.dataset.through, through)) return false;
  if (again !== undefined && again !== run.again) return false;
  if (coldStart && run.warmStart) return false;
  return reason === "data" || again !== undefined || run.definitionVersion === definitionVersion;
}

/**
 * What a wish is trained on; null where there is nothing to train on.
 * @throws {SlotMovedError} when it was not found out for this wish.
 */
export function dataFor({ through }: Wish, { described }: Ground): DatasetRef | null {
  if (!described || described.through !== through)
    throw new SlotMovedError("the training slot has changed since it was looked at; the message is tried again");
  return described.dataset;
}

/**
 * The claim of the run that would come of a wish if it started now. What has been tried on the same input and did not
 * complete is not taken for done: the run is another one then, named after the one that it follows.
 */
export function claimFor(
  { model, nextVersion, uncompleted = [], claims = 0 }: TrainingSlot,
  { reason, again: asked, coldStart, attempt = 1, beyondBudget }: Wish,
  dataset: DatasetRef,
  command: string,
  { definitionVersion, warmStart: champion, attempts, startTimeout, at }: Ground,
): Claim {
  const warmStart = coldStart ? null : champion;
  const input = { model, definitionVersion, dataset: dataset.digest, warmStart: warmStart?.version ?? null };
  const identify = (again: string | undefined) => runIdOf({ ...input, ...(again === undefined ? {} : { again }) });
  let again = asked;
  let runId = identify(again);
  while (asked === undefined && uncompleted.includes(runId)) {
    again = `after ${runId}`;
    runId = identify(again);
  }
  const lineage = { runId, version: String(nextVersion), dataset, definitionVersion, warmStart, reason };
  return {
    ...lineage,
    again,
    coldStart,
    attempt,
    attempts,
    beyondBudget,
    startTimeout,
    command,
    claim: claims + 1,
    claimedAt: at,
  };
}
