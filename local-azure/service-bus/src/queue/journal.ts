import type { MessageRecord } from "./record.ts";

/**
 * Where changes are written down.
 *
 * A change is noted at once and becomes durable with all others of the same event-loop turn where somebody waits for it
 * by `afterCommit`, and within moments where nobody does. Nothing that depends on a change may be told before
 * `afterCommit` calls back.
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
  /** Whether the disk has the message as it is here: nothing that was noted of it waits for a commit. */
  isOnDisk(record: MessageRecord): boolean;
  saveLastSequence(queue: number, sequenceNumber: number): void;
  saveSessionState(queue: number, sessionId: string, state: Buffer | undefined): void;
  rememberMessageId(queue: number, messageId: string, until: number): void;
  forgetMessageId(queue: number, messageId: string): void;
  /** Calls back once everything noted so far is durable: at once where nothing is waiting. */
  afterCommit(callback: () => void): void;
}
