import type { IncomingMessage } from "../amqp/incoming.ts";
import { MessageNotFoundError, NotAllowedError, QuotaExceededError } from "../errors.ts";
import { admit, discard, move } from "./place.ts";
import { type MessageRecord, messageState } from "./record.ts";
import type { QueueState } from "./state.ts";

export type Arrival = IncomingMessage & { readonly hops: number };

/**
 * Takes a message in and returns its sequence number.
 *
 * A duplicate within the window is accepted and dropped, as the service does, so that a sender that tries again sees
 * success.
 * @throws {NotAllowedError} when a session is required and the message has none.
 * @throws {QuotaExceededError} when the queue is full.
 */
export function arrive(queue: QueueState, arrival: Arrival, now: number): number {
  requireRoom(queue, arrival);
  const sequenceNumber = nextSequence(queue);
  if (isDuplicate(queue, arrival.messageId, now)) return sequenceNumber;
  const scheduledFor = arrival.scheduledFor !== undefined && arrival.scheduledFor > now ? arrival.scheduledFor : 0;
  const record: MessageRecord = {
    id: queue.journal.nextMessageId(),
    sequenceNumber,
    enqueuedAt: now,
    expiresAt:
      (scheduledFor || now) + Math.min(arrival.timeToLive ?? Number.POSITIVE_INFINITY, queue.settings.timeToLive),
    scheduledFor,
    sessionId: arrival.sessionId,
    hops: arrival.hops,
    deliveryCount: 0,
    state: scheduledFor ? messageState.scheduled : messageState.active,
    place: scheduledFor ? "scheduled" : "active",
    content: arrival.content,
    size: arrival.content.length,
    heldBytes: 0,
  };
  if (!scheduledFor && queue.exits.passOn) {
    queue.exits.passOn(record, arrival.content, now);
    return sequenceNumber;
  }
  queue.journal.insert(queue.id, record);
  admit(queue, record);
  return sequenceNumber;
}

function requireRoom(queue: QueueState, arrival: Arrival): void {
  if (queue.settings.requiresSession && arrival.sessionId === undefined) {
    throw new NotAllowedError(
      "The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.",
    );
  }
  if (queue.sizeInBytes + arrival.content.length > queue.settings.maxSizeInBytes) {
    throw new QuotaExceededError(
      `The entity is full: it holds ${queue.sizeInBytes} of ${queue.settings.maxSizeInBytes} bytes. Receive messages or raise maxSizeInMegabytes.`,
    );
  }
}

function isDuplicate(queue: QueueState, messageId: string, now: number): boolean {
  if (queue.settings.duplicateWindow === undefined) return false;
  if (queue.duplicates.has(messageId, now)) return true;
  const until = now + queue.settings.duplicateWindow;
  queue.duplicates.remember(messageId, until);
  queue.journal.rememberMessageId(queue.id, messageId, until);
  return false;
}

function nextSequence(queue: QueueState): number {
  queue.lastSequence++;
  queue.journal.saveLastSequence(queue.id, queue.lastSequence);
  return queue.lastSequence;
}

/** Puts a message back that the store remembers; locks are not remembered, so a locked one is active again. */
export function restore(queue: QueueState, record: MessageRecord): void {
  queue.lastSequence = Math.max(queue.lastSequence, record.sequenceNumber);
  admit(queue, record);
}

/** Takes over a message from another queue of the same entity: it keeps its number, its times and its key on disk. */
export function takeOver(queue: QueueState, record: MessageRecord, content: Buffer): void {
  const moved: MessageRecord = {
    ...record,
    expiresAt: Number.POSITIVE_INFINITY,
    scheduledFor: 0,
    state: messageState.active,
    place: "active",
    content,
    size: content.length,
  };
  queue.journal.updateWithContent(queue.id, moved);
  admit(queue, moved);
}

/** Makes the scheduled messages active whose time has come. Each takes a new sequence number, as in the service. */
export function activateDue(queue: QueueState, now: number): void {
  for (let due = queue.schedule.takeDue(now); due; due = queue.schedule.takeDue(now)) {
    const content = due.content;
    const activated: MessageRecord = {
      ...due,
      sequenceNumber: nextSequence(queue),
      enqueuedAt: now,
      scheduledFor: 0,
      place: "active",
    };
    if (queue.exits.passOn) {
      queue.exits.passOn(activated, content ?? queue.journal.contentOf(due), now);
      queue.journal.remove(due);
      move(queue, due, "gone");
    } else {
      move(queue, due, "gone");
      queue.journal.update(queue.id, activated);
      admit(queue, activated);
    }
  }
}

/**
 * Takes scheduled messages back: all of them, or none.
 * @throws {MessageNotFoundError} when one of them is not there.
 */
export function cancelScheduled(queue: QueueState, sequenceNumbers: readonly number[]): void {
  for (const number of sequenceNumbers) if (!queue.schedule.has(number)) throw new MessageNotFoundError(number);
  for (const number of sequenceNumbers) {
    const record = queue.schedule.remove(number);
    if (record) discard(queue, record);
  }
}
