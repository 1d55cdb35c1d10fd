import type { Journal } from "../queue/journal.ts";
import type { MessageRecord } from "../queue/record.ts";
import { commitAtExit } from "./commit-at-exit.ts";
import { StoreWriteError } from "./errors.ts";
import { load } from "./load.ts";
import { openDatabase, type Synchronous } from "./open-database.ts";
import { type MessageChange, PendingChanges } from "./pending-changes.ts";
import { statements } from "./schema.ts";
import type { Store, StoredEntity } from "./store.ts";

/** Contents held in memory; of what a longer backlog holds, the contents rest on disk only. */
const memoryForContentsBytes = 64 * 1024 * 1024;
/** Changes that nobody waits for are gathered up to this number: one commit then serves them all. */
const mostGathered = 1000;

/**
 * Keeps a namespace in a folder, in one SQLite file with a write-ahead log. All changes since the last commit are one
 * transaction; what is pending when the process exits is committed then.
 * @throws {StoreLockedError} when another Service Bus uses the folder.
 * @throws {StoreCorruptError} when what is there is not what a Service Bus wrote.
 */
export function openSqliteStore(folder: string, synchronous: Synchronous = "FULL"): Store {
  const database = openDatabase(folder, synchronous);
  const statement = Object.fromEntries(
    Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)]),
  ) as Record<keyof typeof statements, ReturnType<typeof database.prepare>>;
  const loaded = load(database, folder);
  const pending = new PendingChanges();
  let callbacks: (() => void)[] = [];
  let tellAwaited = () => {};
  let heldBytes = 0;
  let { lastMessageId, lastQueueId } = loaded;
  let isClosed = false;
  let hasFailed = false;

  const journal: Journal = {
    nextMessageId: () => ++lastMessageId,
    insert: (queue, record) => pending.insert(queue, record),
    update: (queue, record) => pending.update(queue, record),
    updateWithContent: (queue, record) => pending.updateWithContent(queue, record),
    remove(record) {
      heldBytes -= record.heldBytes;
      pending.remove(record);
    },
    contentOf(record) {
      const row = statement.contentOf.get(record.id);
      const content = row?.["content"];
      if (!(content instanceof Uint8Array)) throw new Error(`The store has no content for message ${record.id}.`);
      return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    },
    isOnDisk: (record) => !pending.messages.has(record.id),
    saveLastSequence: (queue, sequenceNumber) => pending.sequences.set(queue, sequenceNumber),
    saveSessionState: (queue, sessionId, state) =>
      pending.others.push(() => {
        if (state) statement.saveSession.run(queue, sessionId, state);
        else statement.removeSession.run(queue, sessionId);
      }),
    rememberMessageId: (queue, messageId, until) =>
      pending.others.push(() => statement.rememberMessageId.run(queue, messageId, until)),
    forgetMessageId: (queue, messageId) => pending.others.push(() => statement.forgetMessageId.run(queue, messageId)),
    afterCommit(callback) {
      if (pending.count === 0 && callbacks.length === 0) {
        callback();
        return;
      }
      if (callbacks.length === 0) tellAwaited();
      callbacks.push(callback);
    },
  };

  const write = ({ kind, queue, record, content }: MessageChange): void => {
    switch (kind) {
      case "insert":
        statement.insert.run(...columnsOf(queue, record), content ?? Buffer.alloc(0), record.id);
        return;
      case "update":
        statement.update.run(...columnsOf(queue, record), record.id);
        return;
      case "update-with-content":
        statement.updateWithContent.run(...columnsOf(queue, record), content ?? Buffer.alloc(0), record.id);
        return;
      case "remove":
        statement.remove.run(record.id);
    }
  };

  /** Once a message is on disk its content need not be in memory. */
  const release = ({ kind, record }: MessageChange): void => {
    if (kind === "remove" || kind === "update" || record.content === undefined) return;
    heldBytes -= record.heldBytes;
    const fits = heldBytes + record.size <= memoryForContentsBytes;
    record.heldBytes = fits ? record.size : 0;
    if (!fits) record.content = undefined;
    heldBytes += record.heldBytes;
  };

  const commit = (): void => {
    if (hasFailed || isClosed) return;
    if (pending.count > 0) {
      try {
        database.exec("BEGIN IMMEDIATE");
        for (const change of pending.messages.values()) write(change);
        for (const [queue, last] of pending.sequences) statement.saveSequence.run(queue, last);
        for (const run of pending.others) run();
        database.exec("COMMIT");
      } catch (error) {
        hasFailed = true;
        callbacks = []; // nobody may be told that it was written
        throw new StoreWriteError(folder, { cause: error });
      }
      for (const change of pending.messages.values()) release(change);
      pending.clear();
    }
    const ready = callbacks;
    callbacks = [];
    for (const callback of ready) callback();
  };

  const stopCommitting = commitAtExit(commit);
  return {
    journal,
    nextQueueId: () => ++lastQueueId,
    entities: () => loaded.entities,
    queue: (id) => loaded.takeQueue(id),
    onAwaited(tell) {
      tellAwaited = tell;
    },
    get isDue() {
      return callbacks.length > 0 || pending.count >= mostGathered;
    },
    saveEntity: (entity: StoredEntity) =>
      pending.others.push(() => statement.saveEntity.run(entity.key, entity.kind, JSON.stringify(entity))),
    removeEntity: (key, queueIds) =>
      pending.others.push(() => {
        statement.removeEntity.run(key);
        for (const id of queueIds) {
          statement.removeMessagesOf.run(id);
          statement.removeSequenceOf.run(id);
          statement.removeSessionsOf.run(id);
          statement.removeMessageIdsOf.run(id);
        }
      }),
    commit,
    close() {
      if (isClosed) return;
      isClosed = true;
      stopCommitting();
      database.close();
    },
  };
}

function columnsOf(queue: number, record: MessageRecord) {
  return [
    queue,
    record.sequenceNumber,
    record.enqueuedAt,
    Number.isFinite(record.expiresAt) ? Math.trunc(record.expiresAt) : null,
    record.scheduledFor,
    record.sessionId ?? null,
    record.hops,
    record.deliveryCount,
    record.state,
  ] as const;
}
