import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";
import { type Envelope, parseEnvelope, type QueueName, queues, shortDigest } from "@ratchet/contracts";
import Long from "long";
import { type Failure, failureOf, marks, type Properties, replaysOf, withoutFailure } from "./marks.ts";
import { sessionOf } from "./outbox.ts";

/** A message in a dead-letter queue, as an operator looks at it. */
export interface DeadLetter {
  readonly queue: QueueName;
  /** The broker's number of the message in this dead-letter queue: its handle. */
  readonly sequenceNumber: string;
  readonly messageId: string;
  /** The CloudEvent; undefined where the body is none. */
  readonly envelope: Envelope | undefined;
  readonly body: unknown;
  /** Why, as the service wrote it on the message; undefined where the broker itself gave up on it. */
  readonly failure: Failure | undefined;
  /** The broker's own reason, e.g. MaxDeliveryCountExceeded or TTLExpiredException. */
  readonly brokerReason: string | undefined;
  readonly brokerDescription: string | undefined;
  readonly enqueuedAt: Date | undefined;
  readonly replays: number;
}

const pageSize = 250;
/** Locked at a time during a replay: few enough to be sent again well within their locks. */
const replaySize = 50;
/** The SDK has room for 2,048 messages on a link until the first of them is settled. */
const mostOnOneLink = 2_000;

function toDeadLetter(queue: QueueName, message: ServiceBusReceivedMessage): DeadLetter {
  const properties: Properties = message.applicationProperties ?? {};
  let envelope: Envelope | undefined;
  try {
    envelope = parseEnvelope(message.body);
  } catch {
    envelope = undefined;
  }
  return {
    queue,
    sequenceNumber: String(message.sequenceNumber),
    messageId: String(message.messageId),
    envelope,
    body: message.body,
    failure: failureOf(properties),
    brokerReason: message.deadLetterReason,
    brokerDescription: message.deadLetterErrorDescription,
    enqueuedAt: message.enqueuedTimeUtc,
    replays: replaysOf(properties),
  };
}

/** All messages in a queue's dead-letter queue, oldest first. Nothing is locked or taken. */
export async function listDeadLetters(client: ServiceBusClient, queue: QueueName): Promise<readonly DeadLetter[]> {
  const receiver = client.createReceiver(queue, { subQueueType: "deadLetter" });
  try {
    const found: DeadLetter[] = [];
    // Said each time: without it the SDK goes on from where this client's last look at the queue, by anybody, ended.
    let fromSequenceNumber = Long.ZERO;
    for (;;) {
      const page = await receiver.peekMessages(pageSize, { fromSequenceNumber });
      const last = page.at(-1)?.sequenceNumber;
      if (!last) return found;
      found.push(...page.map((message) => toDeadLetter(queue, message)));
      fromSequenceNumber = last.add(1);
    }
  } finally {
    await receiver.close();
  }
}

interface ReplayProgress {
  readonly replayed: number;
  readonly total: number;
}

interface ReplayOptions {
  readonly onProgress?: (progress: ReplayProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ReplayResult {
  readonly replayed: readonly DeadLetter[];
  /** Chosen, but gone by the time their turn came: somebody else replayed or removed them. */
  readonly gone: readonly string[];
}

/**
 * Sends chosen dead letters to their queue again. The set is fixed: letters that arrive meanwhile stay. Each copy gets
 * a message id of its own, or duplicate detection would drop it; the CloudEvent inside, and with it the idempotency
 * key, stays the same. The copy is sent first and the dead letter completed after: a crash between leaves a duplicate,
 * which duplicate detection drops when the letter is replayed again, never a loss. What was received and not replayed is
 * given back, also where something fails in between.
 */
export async function replayDeadLetters(
  client: ServiceBusClient,
  queue: QueueName,
  sequenceNumbers: readonly string[],
  { onProgress, signal }: ReplayOptions = {},
): Promise<ReplayResult> {
  const wanted = new Set(sequenceNumbers);
  const replayed: DeadLetter[] = [];
  const letters = takeDeadLetters(client, queue);
  const sender = client.createSender(queue);
  const held = new Map<ServiceBusReceivedMessage, ServiceBusReceiver>();
  try {
    while (wanted.size > 0 && !signal?.aborted) {
      const { messages, receiver } = await letters.next();
      if (messages.length === 0) break;
      for (const message of messages) held.set(message, receiver);
      for (const message of messages) {
        if (!wanted.has(String(message.sequenceNumber)) || signal?.aborted) continue;
        await sender.sendMessages(copyForReplay(queue, message));
        await receiver.completeMessage(message);
        held.delete(message);
        wanted.delete(String(message.sequenceNumber));
        replayed.push(toDeadLetter(queue, message));
        onProgress?.({ replayed: replayed.length, total: sequenceNumbers.length });
      }
    }
    return { replayed, gone: [...wanted] };
  } finally {
    // One after the other, as above: the SDK gives all that is settled in one turn the outcome of the first.
    for (const [message, receiver] of held) await receiver.abandonMessage(message).catch(() => undefined);
    await Promise.all([letters.close(), sender.close()]);
  }
}

/** Names one replay of one letter: done twice, because the first time was cut off, it is one message. */
function idOfReplay({ messageId, sequenceNumber }: ServiceBusReceivedMessage): string {
  const [stem = ""] = String(messageId).split("~");
  return `${stem.slice(0, 90)}~${shortDigest({ replayOf: String(messageId), as: String(sequenceNumber) })}`;
}

/** Locks dead letters, some at a time and none twice, over as many links as it takes to hold them all. */
function takeDeadLetters(client: ServiceBusClient, queue: QueueName) {
  const receivers: ServiceBusReceiver[] = [];
  let taken = 0;
  const linkWithRoom = (): ServiceBusReceiver => {
    const last = receivers.at(-1);
    if (last && taken + replaySize <= mostOnOneLink) return last;
    taken = 0;
    const next = client.createReceiver(queue, { subQueueType: "deadLetter" });
    receivers.push(next);
    return next;
  };
  return {
    async next() {
      const receiver = linkWithRoom();
      const messages = await receiver.receiveMessages(replaySize, { maxWaitTimeInMs: 2_000 });
      taken += messages.length;
      return { messages, receiver };
    },
    async close() {
      await Promise.all(receivers.map((receiver) => receiver.close()));
    },
  };
}

function copyForReplay(queue: QueueName, message: ServiceBusReceivedMessage) {
  const properties: Properties = message.applicationProperties ?? {};
  const { body } = message;
  const data = typeof body === "object" && body !== null && "data" in body ? body.data : undefined;
  const sessionId = message.sessionId ?? (queues[queue].requiresSession ? sessionOf(queue, data) : undefined);
  return {
    // Of this letter in this queue: replayed twice, because the first time was cut off, it is one message.
    messageId: idOfReplay(message),
    body,
    ...(message.contentType ? { contentType: message.contentType } : {}),
    ...(message.subject ? { subject: message.subject } : {}),
    ...(sessionId ? { sessionId } : {}),
    applicationProperties: {
      ...withoutFailure(properties),
      [marks.replays]: replaysOf(properties) + 1,
      [marks.replayOf]: String(message.messageId),
    },
  };
}
