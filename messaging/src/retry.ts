import { parseIsoDuration, type QueueTopology } from "@ratchet/contracts";
import { patienceFor } from "./patience.ts";

/** How long a queue's messages wait between attempts. */
export type Schedule = Pick<QueueTopology, "retryDelays" | "roleDelays">;

/** Where a message stands in its queue's schedule. */
export interface Tries {
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** How many of the attempts before failed for want of a role. */
  readonly roleWaits: number;
}

/** Either again, at that time and as that try, or failed for good. */
export type AfterFailure =
  | { readonly kind: "retry"; readonly notBefore: Date; readonly as: Tries }
  | { readonly kind: "fail" };

/**
 * What becomes of a message whose handler failed: sent again for later, by its queue's schedule, or failed for good.
 * Each kind of fault uses up its own delays, whatever came between, so that a message that has waited for a role still has
 * its brief retries, and none is tried more often than both schedules are long.
 * @param tries those of the attempt that failed.
 * @throws {RangeError} when the queue's next delay is no duration.
 */
export function afterFailure(
  error: unknown,
  { attempt, roleWaits }: Tries,
  now: Date,
  { retryDelays, roleDelays }: Schedule,
): AfterFailure {
  const patience = patienceFor(error);
  if (patience === "none") return { kind: "fail" };
  const forRole = patience === "roles";
  const delay = forRole ? roleDelays[roleWaits] : retryDelays[attempt - 1 - roleWaits];
  if (delay === undefined) return { kind: "fail" };
  const milliseconds = parseIsoDuration(delay);
  if (milliseconds === undefined) throw new RangeError(`the retry delay ${delay} is not an ISO 8601 duration`);
  const as = { attempt: attempt + 1, roleWaits: forRole ? roleWaits + 1 : roleWaits };
  return { kind: "retry", notBefore: new Date(now.getTime() + milliseconds), as };
}
