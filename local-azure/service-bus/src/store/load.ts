import type { DatabaseSync } from "node:sqlite";
import { type MessageRecord, messageState, type Place } from "../queue/record.ts";
import { StoreCorruptError } from "./errors.ts";
import { asStoreError } from "./open-database.ts";
import { statements } from "./schema.ts";
import type { StoredEntity, StoredQueue } from "./store.ts";

type Mutable = {
  lastSequence: number;
  messages: MessageRecord[];
  sessionStates: [string, Buffer][];
  messageIds: [string, number][];
};

/** Everything that a database holds but the contents of messages, which are read when they are wanted. */
interface Loaded {
  readonly entities: readonly StoredEntity[];
  readonly lastMessageId: number;
  readonly lastQueueId: number;
  /** Hands a queue's messages over; they are not kept here after that. */
  takeQueue(id: number): StoredQueue;
}

/** @throws {StoreCorruptError} when something is there that no Service Bus has written. */
export function load(database: DatabaseSync, folder: string): Loaded {
  const queues = new Map<number, Mutable>();
  const queueOf = (id: unknown): Mutable => {
    const known = queues.get(Number(id));
    if (known) return known;
    const queue = { lastSequence: 0, messages: [], sessionStates: [], messageIds: [] };
    queues.set(Number(id), queue);
    return queue;
  };
  let lastMessageId = 0;
  let entities: readonly StoredEntity[];
  try {
    entities = [...database.prepare(statements.loadEntities).iterate()].map(({ stored }) => parse(stored, folder));
    for (const row of database.prepare(statements.loadMessages).iterate()) {
      const record = recordOf(row);
      queueOf(row["queue"]).messages.push(record);
      lastMessageId = Math.max(lastMessageId, record.id);
    }
    for (const row of database.prepare(statements.loadSequences).iterate()) {
      queueOf(row["queue"]).lastSequence = Number(row["last"]);
    }
    for (const { queue, session, state } of database.prepare(statements.loadSessions).iterate()) {
      queueOf(queue).sessionStates.push([String(session), Buffer.from(state as Uint8Array)]);
    }
    for (const { queue, message, until } of database.prepare(statements.loadMessageIds).iterate()) {
      queueOf(queue).messageIds.push([String(message), Number(until)]);
    }
  } catch (error) {
    throw asStoreError(error, folder);
  }
  return {
    entities,
    lastMessageId,
    lastQueueId: Math.max(0, ...entities.flatMap((entity) => entity.queueIds)),
    takeQueue(id) {
      const queue = queueOf(id);
      queues.delete(id);
      return queue;
    },
  };
}

function recordOf(row: Record<string, unknown>): MessageRecord {
  const scheduledFor = Number(row["scheduled"]);
  const state = Number(row["state"]);
  return {
    id: Number(row["id"]),
    sequenceNumber: Number(row["sequence"]),
    enqueuedAt: Number(row["enqueued"]),
    expiresAt: row["expires"] === null ? Number.POSITIVE_INFINITY : Number(row["expires"]),
    scheduledFor,
    sessionId: row["session"] === null ? undefined : String(row["session"]),
    hops: Number(row["hops"]),
    deliveryCount: Number(row["deliveries"]),
    state,
    place: placeOf(scheduledFor, state),
    content: undefined,
    size: Number(row["size"]),
    heldBytes: 0,
  };
}

/** Locks are not written down: a message that was locked is active again, or deferred where it had been. */
function placeOf(scheduledFor: number, state: number): Place {
  if (scheduledFor > 0) return "scheduled";
  return state === messageState.deferred ? "deferred" : "active";
}

function parse(stored: unknown, folder: string): StoredEntity {
  try {
    return JSON.parse(String(stored)) as StoredEntity;
  } catch (error) {
    throw new StoreCorruptError(folder, "an entity's description is not JSON", { cause: error });
  }
}
