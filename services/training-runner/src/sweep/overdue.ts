import type { AppliedDefinition, Run, TrainingSlot } from "@ratchet/contracts";
import { affordableAt } from "../slot/budget.ts";
import { askedAgainAfter } from "../slot/training-slot.ts";

const minute = 60_000;

/** How long a look may be overdue before another is sent in its place, in milliseconds. */
export const lookSlack = 5 * minute;
/** How long looks may come to nothing before an operator is told. */
export const toldAfter = 60 * minute;

/** Since when looks at a run have been due and none was done. */
export const overdueSince = ({ overdueSince: since, lookAt, claimedAt }: Run): string => since ?? lookAt ?? claimedAt;

/**
 * Whether a look at a run is due for so long that another has to be sent. Where others have come to nothing before it, it
 * may take longer, up to an hour: what keeps looks from being done is not helped by more of them.
 */
export function isOverdue(run: Run, now: Date): boolean {
  const due = Date.parse(run.lookAt ?? run.claimedAt);
  const inVain = due - Date.parse(overdueSince(run));
  return now.getTime() - due >= Math.max(lookSlack, Math.min(inVain / 2, 60 * minute));
}

/** Whether an operator is to be told that nobody can look at a run. */
export const isToBeTold = (run: Run, now: Date): boolean =>
  run.overdueSince !== undefined && !run.toldOverdue && now.getTime() - Date.parse(run.overdueSince) >= toldAfter;

/**
 * Whether what waits in a free slot is to be asked for: when its time has come, and before it where what it waits for has
 * changed. What was just asked for is given time.
 */
export function isToBeAskedFor(
  slot: TrainingSlot,
  { version, definition }: Pick<AppliedDefinition, "version" | "definition">,
  now: Date,
): boolean {
  const { waiting, running, trouble } = slot;
  if (!waiting || running) return false;
  const left = waiting.lookAt === undefined ? 0 : Date.parse(waiting.lookAt) - now.getTime();
  if (left <= 0) return true;
  if (left <= askedAgainAfter) return false;
  if (waiting.held) return affordableAt(slot, definition.training.budget, now) <= now;
  return trouble !== undefined && trouble.definitionVersion !== version;
}
