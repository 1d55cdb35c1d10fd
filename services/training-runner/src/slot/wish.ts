import { type Run, runIdOf, type TrainingSlot } from "@ratchet/contracts";
import type { Budget } from "./budget.ts";

export type Claim = NonNullable<TrainingSlot["running"]>;
export type Waiting = NonNullable<TrainingSlot["waiting"]>;

/** What is wanted of a run. */
export type Wish = Pick<Claim, "batches" | "reason" | "again" | "coldStart" | "attempt" | "beyondBudget">;

/** A wish to train, as a train-model message says it. */
export interface Ask extends Omit<Wish, "attempt"> {
  /** The message's id. */
  readonly command: string;
  /** Whether it is no new wish but the word to take up what waits. */
  readonly waited?: boolean | undefined;
}

/** What a run would start from if it started now, and what the model's definition grants it. */
export interface Ground {
  readonly definitionVersion: string;
  readonly warmStart: Run["warmStart"];
  readonly attempts: number;
  /** In milliseconds. */
  readonly startTimeout: number;
  readonly budget: Budget;
  /** Batches that were withdrawn: whoever asked for them, nothing is trained on them. */
  readonly withdrawn: ReadonlySet<string>;
  readonly at: string;
}

const urgency: readonly Run["reason"][] = ["data", "schedule", "request"];

export const contains = (all: readonly string[], some: readonly string[]): boolean => {
  const set = new Set(all);
  return some.every((batch) => set.has(batch));
};

/** Which attempt two wishes make together: it goes on being one where the other adds nothing to its input. */
function attemptOf(batches: readonly string[], first: Wish, second: Wish): number | undefined {
  if (contains(first.batches, batches)) return first.attempt;
  return contains(second.batches, batches) ? second.attempt : undefined;
}

/** A wish without what was withdrawn since; undefined where nothing is left of it. */
export function withoutWithdrawn<Of extends Wish>(wish: Of, { withdrawn }: Pick<Ground, "withdrawn">): Of | undefined {
  const batches = wish.batches.filter((batch) => !withdrawn.has(batch));
  return batches.length === 0 ? undefined : { ...wish, batches };
}

/** Two wishes as one: all batches, the stronger reason, the latest word of an operator. */
export function merge(first: Waiting | null, second: Wish): Waiting {
  const { reason, again, coldStart, attempt, beyondBudget } = second;
  const batches = [...new Set([...(first?.batches ?? []), ...second.batches])].sort();
  if (!first) return { batches, reason, again, coldStart, attempt, beyondBudget };
  return {
    ...first,
    batches,
    reason: urgency.indexOf(first.reason) > urgency.indexOf(reason) ? first.reason : reason,
    again: again ?? first.again,
    coldStart: coldStart ?? first.coldStart,
    attempt: attemptOf(batches, first, second),
    beyondBudget: beyondBudget ?? first.beyondBudget,
  };
}

/** Whether the running run does all that is asked. */
export function isBeingDone(
  run: Claim,
  { batches, reason, again, coldStart }: Ask,
  { definitionVersion, withdrawn }: Ground,
): boolean {
  // A run on what was withdrawn since is not what anybody asks for now.
  if (run.batches.some((batch) => withdrawn.has(batch))) return false;
  if (!contains(run.batches, batches) || (again !== undefined && again !== run.again)) return false;
  if (coldStart && run.warmStart) return false;
  return reason === "data" || again !== undefined || run.definitionVersion === definitionVersion;
}

/**
 * The claim of the run that would come of a wish if it started now. What has been tried on the same input and did not
 * complete is not taken for done: the run is another one then, named after the one that it follows.
 */
export function claimFor(
  { model, nextVersion, uncompleted = [], claims = 0 }: TrainingSlot,
  { batches, reason, again: asked, coldStart, attempt = 1, beyondBudget }: Wish,
  command: string,
  { definitionVersion, warmStart: champion, attempts, startTimeout, at }: Ground,
): Claim {
  const warmStart = coldStart ? null : champion;
  const input = { model, definitionVersion, batches, warmStart: warmStart?.version ?? null };
  const identify = (again: string | undefined) => runIdOf({ ...input, ...(again === undefined ? {} : { again }) });
  let again = asked;
  let runId = identify(again);
  while (asked === undefined && uncompleted.includes(runId)) {
    again = `after ${runId}`;
    runId = identify(again);
  }
  const lineage = { runId, version: String(nextVersion), batches: [...batches], definitionVersion, warmStart, reason };
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
