import type { MessageRecord } from "../queue/record.ts";

/**
 * Where changes are written down.
 *
 * A change is noted at once and becomes durable with all others of the same event-loop turn; nothing that a client is
 * told may be sent before `afterCommit` calls back.
 */
export interface Journal {
  /** An id for a new message, never given before in the life of the store. */
  nextMessageId(): number;
  insert(queue: number, record: MessageRecord): void;
  /** Everything of the record but its content. */
  update(queue: number, record: MessageRecord): void;
  updateWithContent(queue: number, record: MessageRecord): void;
  remove(record: MessageRecord): void;
  /** The content of a message whose record has none. */
  contentOf(record: MessageRecord): Buffer;
  saveLastSequence(queue: number, sequenceNumber: number): void;
  saveSessionState(queue: number, sessionId: string, state: Buffer | undefined): void;
  rememberMessageId(queue: number, messageId: string, until: number): void;
  forgetMessageId(queue: number, messageId: string): void;
  /** Calls back once everything noted so far is durable: at once where nothing is waiting. */
  afterCommit(callback: () => void): void;
}
