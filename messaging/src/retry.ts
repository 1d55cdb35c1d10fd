import { parseIsoDuration, type QueueTopology } from "@ratchet/contracts";
import { isTransient } from "./transient.ts";

export type AfterFailure = { readonly kind: "retry"; readonly notBefore: Date } | { readonly kind: "fail" };

/**
 * What becomes of a message whose handler failed: sent again for later, by its queue's schedule, or failed for good.
 * @param attempt the attempt that failed, from 1.
 * @throws {RangeError} when the queue's next delay is no duration.
 */
export function afterFailure(
  error: unknown,
  attempt: number,
  now: Date,
  { retryDelays }: Pick<QueueTopology, "retryDelays">,
): AfterFailure {
  const delay = retryDelays[attempt - 1];
  if (delay === undefined || !isTransient(error)) return { kind: "fail" };
  const milliseconds = parseIsoDuration(delay);
  if (milliseconds === undefined) throw new RangeError(`the retry delay ${delay} is not an ISO 8601 duration`);
  return { kind: "retry", notBefore: new Date(now.getTime() + milliseconds) };
}
