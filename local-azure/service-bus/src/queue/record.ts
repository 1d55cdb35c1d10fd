/** Where a message is at this moment; it is always in exactly one place. */
export type Place = "active" | "locked" | "deferred" | "scheduled" | "gone";

/** Values of the annotation `x-opt-message-state`. */
export const messageState = { active: 0, deferred: 1, scheduled: 2 } as const;

/** One message of a queue. Only the functions of this folder change it. There may be a million of these: keep it small. */
export interface MessageRecord {
  /** Unique in the whole store, never used again: the key of the message on disk. */
  readonly id: number;
  readonly sequenceNumber: number;
  /** Milliseconds since 1970, as are all times here. */
  readonly enqueuedAt: number;
  readonly expiresAt: number;
  /** When a scheduled message becomes active; 0 for all others. */
  readonly scheduledFor: number;
  readonly sessionId: string | undefined;
  /** How many times it has been forwarded from entity to entity. */
  readonly hops: number;
  deliveryCount: number;
  state: number;
  place: Place;
  /** Encoded as `readIncoming` leaves it; undefined where a long backlog rests on disk only. */
  content: Buffer | undefined;
  size: number;
  /** Bytes of memory that the store counts for the content; the store's own note. */
  heldBytes: number;
}
