import { withAnnotations, withApplicationProperties } from "../amqp/edit.ts";
import { readStored } from "../amqp/incoming.ts";
import { encodeLong, encodeString } from "../amqp/write.ts";
import { MessageTooLargeError, NotAllowedError, ServiceBusError } from "../errors.ts";
import { type Arrival, arrive, takeOver } from "../queue/arrive.ts";
import { reasonProperties } from "../queue/leave.ts";
import { admit } from "../queue/place.ts";
import type { MessageRecord } from "../queue/record.ts";
import type { DeadLetterReason, QueueState } from "../queue/state.ts";
import { type LiveEntities, type LiveEntity, type LiveReceiving, requireSendable } from "./live-entities.ts";

/** The longest chain of entities that a message is forwarded along. */
const mostHops = 4;

/**
 * Takes a message in on behalf of a sender or of a forwarding entity and returns its sequence number.
 * @throws {NotAllowedError} when the entity is a subscription, or requires a session and the message has none.
 * @throws {EntityDisabledError} when the entity's status lets nobody send.
 * @throws {MessageTooLargeError} when the message is larger than the entity takes.
 * @throws {QuotaExceededError} when the entity is full.
 */
export function accept(entity: LiveEntity, arrival: Arrival, now: number): number {
  if (entity.kind === "subscription") {
    throw new NotAllowedError(`'${entity.path}' is a subscription: send to its topic '${entity.topic.path}'.`);
  }
  requireSendable(entity);
  const limit = messageSizeLimit(entity);
  if (arrival.content.length > limit) throw new MessageTooLargeError(arrival.content.length, limit);
  entity.accessedAt = now;
  return arrive(entity.kind === "topic" ? entity.inbox : entity.parts.main.queue, arrival, now);
}

/** Bytes that one message may have. */
export function messageSizeLimit(entity: LiveEntity): number {
  const { description } = entity.kind === "subscription" ? entity.topic : entity;
  return description.maxMessageSizeInKilobytes * 1024;
}

/** Passes a message on to the entity named, or into the transfer dead-letter queue with the reason why not. */
export function forward(
  entities: LiveEntities,
  from: LiveReceiving,
  record: MessageRecord,
  content: Buffer,
  target: string,
  now: number,
): void {
  if (record.hops >= mostHops) {
    keepForTransfer(from, record, content, {
      reason: "MaxTransferHopCountExceeded",
      description: `The maximum number of allowed hops when forwarding between entities exceeded the limit. This value is set to ${mostHops}.`,
    });
    return;
  }
  const isOrigin = record.hops === 0 && from.kind === "queue";
  const stamped = isOrigin ? withOriginalSequence(content, record) : content;
  try {
    accept(entities.find(target).entity, { ...readStored(stamped), hops: record.hops + 1 }, now);
  } catch (error) {
    if (!(error instanceof ServiceBusError)) throw error;
    keepForTransfer(from, record, content, { reason: error.name.replace(/Error$/, ""), description: error.message });
  }
}

function keepForTransfer(from: LiveReceiving, record: MessageRecord, content: Buffer, why: DeadLetterReason): void {
  insert(from.parts.transferDeadLetters.queue, record, withApplicationProperties(content, reasonProperties(why)));
}

/** What becomes of the dead letters of an entity. */
export function toDeadLetters(
  entities: LiveEntities,
  from: LiveReceiving,
  record: MessageRecord,
  content: Buffer,
  now: number,
): void {
  const target = from.description.forwardDeadLetteredMessagesTo;
  const letters = from.parts.deadLetters.queue;
  if (!target) {
    takeOver(letters, record, content);
    return;
  }
  letters.journal.remove(record);
  const annotated = withAnnotations(content, new Map([["x-opt-deadletter-source", encodeString(from.path)]]));
  forward(entities, from, record, annotated, target, now);
}

/** Puts a message straight into a dead-letter queue that no queue of the entity has held before. */
export function insertDeadLetter(
  subscription: LiveReceiving,
  record: MessageRecord,
  content: Buffer,
  why: DeadLetterReason,
): void {
  insert(subscription.parts.deadLetters.queue, record, withApplicationProperties(content, reasonProperties(why)));
}

function insert(queue: QueueState, record: MessageRecord, content: Buffer): void {
  const inserted: MessageRecord = {
    ...record,
    id: queue.journal.nextMessageId(),
    expiresAt: Number.POSITIVE_INFINITY,
    place: "active",
    content,
    size: content.length,
    heldBytes: 0,
  };
  queue.journal.insert(queue.id, inserted);
  admit(queue, inserted);
}

/** Where a message was first taken in is told wherever it ends up. */
export function withOriginalSequence(content: Buffer, record: MessageRecord): Buffer {
  return withAnnotations(content, new Map([["x-opt-enqueue-sequence-number", encodeLong(record.sequenceNumber)]]));
}
