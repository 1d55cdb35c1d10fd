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

/** Many files, one training: whether the batches that wait are trained on now. */
export function coalesce(
  { pending }: Pick<WaitingAdmissions, "pending">,
  policy: CoalescingPolicy,
  now: Date,
): Coalesced {
  if (!pending) return { kind: "nothing" };
  const until = dueAt(pending, policy);
  if (now < until) return { kind: "wait", until };
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
