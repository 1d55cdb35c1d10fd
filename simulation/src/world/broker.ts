import {
  type Arrival,
  acceptNextSession,
  arrive,
  createMemoryJournal,
  createQueueState,
  encodedNull,
  encodeListSection,
  encodeString,
  type MessageLock,
  propertyCount,
  type QueueState,
  readStored,
  releaseSession,
  type SessionLock,
  sectionCode,
  settle,
  takeLocked,
  tick,
} from "@local-azure/service-bus/queue";
import { parseIsoDuration, type QueueName, queues } from "@ratchet/contracts";

/** A message as it was sent. */
interface SentMessage {
  readonly messageId: string;
  readonly sessionId?: string;
  readonly body: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A message in the hands of a receiver. */
export interface Held {
  readonly message: SentMessage;
  readonly deliveryCount: number;
  /** @throws {LockLostError} when the lock has run out. */
  complete(): void;
  /** @throws {LockLostError} when the lock has run out. */
  abandon(): void;
  /** Holds it for longer, where it is still held. */
  renew(): void;
}

/** A dead letter. */
interface DeadLetterInQueue extends SentMessage {
  readonly sequenceNumber: number;
  /** Whether a receiver died or fell silent over it: then nobody can have written down why. */
  readonly abandonedInSilence: boolean;
}

/** One queue, kept by the broker's own core. */
export interface SimulatedQueue {
  readonly name: QueueName;
  readonly lockDuration: number;
  send(message: SentMessage, notBefore?: number): void;
  /** The next message, in a session of its own where the queue has them; undefined where there is none to be had. */
  receive(): Held | undefined;
  /** When something is due in the queue. */
  nextDue(): number;
  /** Does what is due. */
  tick(): void;
  /** Messages that are not dead letters, wherever they are. */
  readonly count: number;
  /** Those of them that wait for their time. */
  readonly scheduled: number;
  deadLetters(): readonly DeadLetterInQueue[];
  /** Takes a dead letter out. */
  takeDeadLetter(sequenceNumber: number): DeadLetterInQueue | undefined;
}

const groupId = 10;

/** The broker's core keeps bytes; what they stand for is kept beside, under a key that is the message's id in them. */
function encode(key: string, sessionId: string | undefined): Buffer {
  const properties: Buffer[] = Array.from({ length: propertyCount }, () => encodedNull);
  properties[0] = encodeString(key);
  if (sessionId !== undefined) properties[groupId] = encodeString(sessionId);
  const body = Buffer.concat([Buffer.from([0, 0x53, sectionCode.value]), encodeString("")]);
  return Buffer.concat([encodeListSection(sectionCode.properties, properties), body]);
}

const milliseconds = (iso: string): number => parseIsoDuration(iso) ?? 0;

/** @param onAvailable hears that there may be something to receive. */
export function createQueue(name: QueueName, now: () => number, onAvailable: () => void): SimulatedQueue {
  const topology = queues[name];
  const kept = new Map<string, SentMessage>();
  const deadLetters: DeadLetterInQueue[] = [];
  /** How often a message was given back by its receiver, by its key. */
  const givenBack = new Map<string, number>();
  let keys = 0;
  const queue: QueueState = createQueueState(
    1,
    {
      lockDuration: milliseconds(topology.lockDuration),
      maxDeliveryCount: topology.maxDeliveryCount,
      requiresSession: topology.requiresSession,
      timeToLive: milliseconds(topology.defaultMessageTimeToLive),
      deadLetterOnExpiry: topology.deadLetteringOnMessageExpiration,
      duplicateWindow: milliseconds(topology.duplicateDetectionHistoryTimeWindow),
      maxSizeInBytes: Number.POSITIVE_INFINITY,
      isDeadLetterQueue: false,
    },
    createMemoryJournal(),
    {
      deadLetter({ sequenceNumber, deliveryCount }, content) {
        const given = givenBack.get(keyOf(content)) ?? 0;
        deadLetters.push({ ...messageOf(content), sequenceNumber, abandonedInSilence: given < deliveryCount });
      },
      passOn: undefined,
      available: onAvailable,
    },
  );

  const keyOf = (content: Buffer | undefined): string => (content ? readStored(content).messageId : "");

  function messageOf(content: Buffer | undefined): SentMessage {
    const message = kept.get(keyOf(content));
    if (!message) throw new Error(`${name} holds a message that nobody sent`);
    return message;
  }

  function held(lock: MessageLock, session: SessionLock | undefined): Held {
    const { record } = lock;
    const key = keyOf(record.content);
    const end = (outcome: Parameters<typeof settle>[2]): void => {
      try {
        settle(queue, lock, outcome, now());
      } finally {
        if (session) releaseSession(queue, session, false, now());
      }
    };
    return {
      message: messageOf(record.content),
      deliveryCount: record.deliveryCount + 1,
      complete: () => end({ kind: "complete" }),
      abandon() {
        givenBack.set(key, (givenBack.get(key) ?? 0) + 1);
        end({ kind: "abandon", changes: new Map() });
      },
      renew() {
        const until = now() + queue.settings.lockDuration;
        if (session) {
          if (!session.released && session.until > now()) session.until = until;
        } else if (queue.locks.get(lock.token) === lock && lock.until > now()) {
          lock.until = until;
          // To the end of the map, which stands in the order of expiry.
          queue.locks.delete(lock.token);
          queue.locks.set(lock.token, lock);
        }
      },
    };
  }

  function receiveInSession(): Held | undefined {
    const session = acceptNextSession(queue, () => undefined, now());
    if (!session) return undefined;
    const lock = takeLocked(queue, session, now());
    if (lock) return held(lock, session);
    releaseSession(queue, session, false, now());
    return undefined;
  }

  function receiveOne(): Held | undefined {
    const lock = takeLocked(queue, undefined, now());
    return lock && held(lock, undefined);
  }

  return {
    name,
    lockDuration: queue.settings.lockDuration,
    send(message, notBefore) {
      keys += 1;
      const key = String(keys);
      kept.set(key, message);
      const arrival: Arrival = {
        content: encode(key, message.sessionId),
        messageId: message.messageId,
        sessionId: message.sessionId,
        timeToLive: undefined,
        scheduledFor: notBefore,
        hops: 0,
      };
      arrive(queue, arrival, now());
    },
    receive: () => (topology.requiresSession ? receiveInSession() : receiveOne()),
    nextDue() {
      let due = queue.schedule.nextDue();
      for (const { until } of queue.locks.values()) {
        due = Math.min(due, until);
        break;
      }
      for (const { until } of queue.heldSessions) due = Math.min(due, until);
      return due;
    },
    tick: () => tick(queue, now()),
    get count() {
      const { active, locked, deferred, scheduled } = queue.counts;
      return active + locked + deferred + scheduled;
    },
    get scheduled() {
      return queue.counts.scheduled;
    },
    deadLetters: () => deadLetters,
    takeDeadLetter(sequenceNumber) {
      const index = deadLetters.findIndex((letter) => letter.sequenceNumber === sequenceNumber);
      return index < 0 ? undefined : deadLetters.splice(index, 1)[0];
    },
  };
}
