import type { Definition } from "@ratchet/contracts";
import type { Pending, WaitingAdmissions } from "@ratchet/state";

/** When admitted batches are due for training: durations in milliseconds. */
export type CoalescingPolicy = Pick<Definition["data"], "quietPeriod" | "maxWait">;

/** What to do about a model's admitted batches. */
export type Coalesced =
  | { readonly kind: "nothing" }
  | { readonly kind: "wait"; readonly until: Date }
  /** Train on all that the model has, `because` of the batches that were waiting. */
  | { readonly kind: "train"; readonly because: readonly string[] };

/** When waiting batches are due: once nothing has come for the quiet period, and after the longest wait in any case. */
export const dueAt = ({ since, latest }: Pending, { quietPeriod, maxWait }: CoalescingPolicy): Date =>
  new Date(Math.min(Date.parse(latest) + quietPeriod, Date.parse(since) + maxWait));

/** In milliseconds: a drop that has been on its way for longer is waited for no more, whatever holds it up. */
export const dropPatience = 5 * 60_000;

/** In milliseconds: how soon drops on their way are looked at again. */
const dropPause = 2000;

/**
 * Many files, one training: whether the batches that wait are trained on now. Drops on their way are waited for: they came
 * within the quiet period, however long it takes to admit them.
 * @param onTheirWay since when each drop is on its way.
 */
export function coalesce(
  { pending }: Pick<WaitingAdmissions, "pending">,
  policy: CoalescingPolicy,
  now: Date,
  onTheirWay: readonly Date[] = [],
): Coalesced {
  if (!pending) return { kind: "nothing" };
  const until = dueAt(pending, policy);
  if (now < until) return { kind: "wait", until };
  const latest = Date.parse(pending.since) + policy.maxWait;
  const soon = new Date(Math.min(now.getTime() + dropPause, latest));
  const isAwaited = onTheirWay.some((since) => now.getTime() - since.getTime() < dropPatience);
  if (isAwaited && now < soon) return { kind: "wait", until: soon };
  return { kind: "train", because: pending.batches };
}

/**
 * When to look whether training is due, as far as the admission of `batch` has to see to it. One look is on its way for
 * all that wait and moves itself on, so only the first to wait sets it going.
 */
export const lookAfterAdmission = (
  { pending }: Pick<WaitingAdmissions, "pending">,
  batch: string,
  policy: CoalescingPolicy,
): Date | undefined => (pending?.batches[0] === batch ? dueAt(pending, policy) : undefined);

/** In milliseconds: so long after batches were due a look that was on its way has come, or never will. */
export const sweepSlack = 60_000;

/** Whether batches have been due for so long that no look can be on its way. */
export const isOverdue = (pending: Pending, policy: CoalescingPolicy, now: Date): boolean =>
  now.getTime() >= dueAt(pending, policy).getTime() + sweepSlack;
