import { Duplicates } from "./duplicates.ts";
import type { Journal } from "./journal.ts";
import type { MessageLock, Session, SessionLock } from "./locks.ts";
import { OrderedMessages } from "./ordered-messages.ts";
import type { MessageRecord } from "./record.ts";
import { Schedule } from "./schedule.ts";
import { SequenceLog } from "./sequence-log.ts";

/** How a queue behaves. Durations are milliseconds; "never" is infinity. */
export interface QueueSettings {
  readonly lockDuration: number;
  readonly maxDeliveryCount: number;
  readonly requiresSession: boolean;
  readonly timeToLive: number;
  readonly deadLetterOnExpiry: boolean;
  /** Undefined: duplicates are not detected. */
  readonly duplicateWindow: number | undefined;
  readonly maxSizeInBytes: number;
  /** A dead-letter queue neither counts deliveries nor lets messages expire. */
  readonly isDeadLetterQueue: boolean;
}

export interface DeadLetterReason {
  readonly reason: string;
  readonly description: string;
}

/** The ways out of a queue other than to a receiver. */
export interface QueueExits {
  /** Takes over a message that has left this queue; its content already tells the reason. */
  deadLetter(record: MessageRecord, content: Buffer, now: number): void;
  /** Where set, messages do not wait here: each is passed on (topic, auto-forwarding) as soon as it is active. */
  passOn: ((record: MessageRecord, content: Buffer, now: number) => void) | undefined;
  /** Says that there are messages for receivers, or sessions to accept. */
  available(): void;
}

/** All that one queue, subscription or dead-letter queue holds. The functions of this folder are its only writers. */
export interface QueueState {
  readonly id: number;
  settings: QueueSettings;
  readonly journal: Journal;
  readonly exits: QueueExits;
  readonly log: SequenceLog;
  readonly active: OrderedMessages;
  readonly sessions: Map<string, Session>;
  /** Sessions that have messages and no holder, the one that has waited longest first. */
  readonly freeSessions: Set<Session>;
  readonly heldSessions: Set<SessionLock>;
  /** Locks outside sessions, in the order in which they expire. */
  readonly locks: Map<string, MessageLock>;
  readonly deferred: Map<number, MessageRecord>;
  readonly schedule: Schedule;
  readonly duplicates: Duplicates;
  readonly counts: { active: number; locked: number; deferred: number; scheduled: number };
  sizeInBytes: number;
  lastSequence: number;
  /** No active message expires before this time. */
  nextExpiry: number;
}

export function createQueueState(id: number, settings: QueueSettings, journal: Journal, exits: QueueExits): QueueState {
  return {
    id,
    settings,
    journal,
    exits,
    log: new SequenceLog(),
    active: new OrderedMessages(),
    sessions: new Map(),
    freeSessions: new Set(),
    heldSessions: new Set(),
    locks: new Map(),
    deferred: new Map(),
    schedule: new Schedule(),
    duplicates: new Duplicates(),
    counts: { active: 0, locked: 0, deferred: 0, scheduled: 0 },
    sizeInBytes: 0,
    lastSequence: 0,
    nextExpiry: Number.POSITIVE_INFINITY,
  };
}

export function contentOf(queue: QueueState, record: MessageRecord): Buffer {
  return record.content ?? queue.journal.contentOf(record);
}
