import type { MessageRecord } from "../queue/record.ts";

/** What is to be done to one message on disk. */
export interface MessageChange {
  readonly kind: "insert" | "update" | "update-with-content" | "remove";
  readonly queue: number;
  readonly record: MessageRecord;
  /** As it was when it was noted: the record may have lost it since. */
  readonly content: Buffer | undefined;
}

/** The changes that the next commit writes, each message's folded into one. */
export class PendingChanges {
  readonly messages = new Map<number, MessageChange>();
  readonly sequences = new Map<number, number>();
  /** Everything else, in the order in which it was noted. */
  readonly others: (() => void)[] = [];

  get count(): number {
    return this.messages.size + this.sequences.size + this.others.length;
  }

  clear(): void {
    this.messages.clear();
    this.sequences.clear();
    this.others.length = 0;
  }

  insert(queue: number, record: MessageRecord): void {
    this.messages.set(record.id, { kind: "insert", queue, record, content: record.content });
  }

  update(queue: number, record: MessageRecord): void {
    const before = this.messages.get(record.id);
    const kind = before ? before.kind : "update";
    this.messages.set(record.id, { kind, queue, record, content: before?.content });
  }

  updateWithContent(queue: number, record: MessageRecord): void {
    const isNew = this.messages.get(record.id)?.kind === "insert";
    const kind = isNew ? "insert" : "update-with-content";
    this.messages.set(record.id, { kind, queue, record, content: record.content });
  }

  /** A message that comes and goes between two commits never sees the disk. */
  remove(record: MessageRecord): void {
    if (this.messages.get(record.id)?.kind === "insert") this.messages.delete(record.id);
    else this.messages.set(record.id, { kind: "remove", queue: 0, record, content: undefined });
  }
}
