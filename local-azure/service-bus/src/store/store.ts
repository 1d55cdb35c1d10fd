import type { RuleDescription } from "../entities.ts";
import type { Journal } from "../queue/journal.ts";
import type { MessageRecord } from "../queue/record.ts";

/** An entity as it is written down. */
export interface StoredEntity {
  readonly key: string;
  readonly kind: "queue" | "topic" | "subscription";
  /** JSON of the description. */
  readonly description: unknown;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** The ids of the queues inside it, by part. */
  readonly queueIds: readonly number[];
  readonly rules: readonly { readonly description: RuleDescription; readonly createdAt: number }[];
}

/** What the store remembers of one queue. */
export interface StoredQueue {
  readonly lastSequence: number;
  /** In the order of their sequence numbers. */
  readonly messages: readonly MessageRecord[];
  readonly sessionStates: readonly (readonly [sessionId: string, state: Buffer])[];
  /** In the order in which they expire. */
  readonly messageIds: readonly (readonly [messageId: string, until: number])[];
}

/** Where a namespace keeps its entities and messages. */
export interface Store {
  readonly journal: Journal;
  nextQueueId(): number;
  saveEntity(entity: StoredEntity): void;
  /** Forgets an entity and everything in its queues. */
  removeEntity(key: string, queueIds: readonly number[]): void;
  entities(): readonly StoredEntity[];
  queue(id: number): StoredQueue;
  /** Names whom to tell when somebody begins to wait for `commit`. */
  onAwaited(tell: () => void): void;
  /** Somebody waits for `commit`, or more is pending than may be lost with the process. */
  readonly isDue: boolean;
  /**
   * Makes all that was noted durable, then calls back those who wait for it.
   * @throws {StoreWriteError} when it cannot be written.
   */
  commit(): void;
  close(): void;
}
