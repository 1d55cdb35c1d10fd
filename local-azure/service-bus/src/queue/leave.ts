import { type EncodedChanges, withApplicationProperties } from "../amqp/edit.ts";
import { encodeString } from "../amqp/write.ts";
import { discard, move } from "./place.ts";
import { type MessageRecord, messageState } from "./record.ts";
import { contentOf, type DeadLetterReason, type QueueState } from "./state.ts";

/** Dead-letters a message; the reason stands in its application properties. */
export function deadLetter(queue: QueueState, record: MessageRecord, changes: EncodedChanges, now: number): void {
  const content = withApplicationProperties(contentOf(queue, record), changes);
  const leaving = { ...record };
  move(queue, record, "gone");
  queue.exits.deadLetter(leaving, content, now);
}

/** The application properties that say why a message is in the dead-letter queue. */
export function reasonProperties({ reason, description }: DeadLetterReason): EncodedChanges {
  return new Map([
    ["DeadLetterReason", encodeString(reason)],
    ["DeadLetterErrorDescription", encodeString(description)],
  ]);
}

const expiredReason = reasonProperties({
  reason: "TTLExpiredException",
  description: "The message expired and was dead lettered.",
});

/** What becomes of an active message whose time to live is over. */
export function expire(queue: QueueState, record: MessageRecord, now: number): void {
  if (queue.settings.deadLetterOnExpiry) deadLetter(queue, record, expiredReason, now);
  else discard(queue, record);
}

/** Gives back a message whose receiver did not complete it: a delivery that failed counts. */
export function giveBack(queue: QueueState, record: MessageRecord, failed: boolean, now: number): void {
  if (failed && !queue.settings.isDeadLetterQueue) record.deliveryCount++;
  const { maxDeliveryCount, isDeadLetterQueue } = queue.settings;
  if (failed && !isDeadLetterQueue && record.deliveryCount >= maxDeliveryCount) {
    const description = `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`;
    deadLetter(queue, record, reasonProperties({ reason: "MaxDeliveryCountExceeded", description }), now);
    return;
  }
  move(queue, record, record.state === messageState.deferred ? "deferred" : "active");
}
