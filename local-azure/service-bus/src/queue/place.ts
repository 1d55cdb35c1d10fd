import type { Session } from "./locks.ts";
import { OrderedMessages } from "./ordered-messages.ts";
import type { MessageRecord, Place } from "./record.ts";
import type { QueueState } from "./state.ts";

/** Takes a record into the queue's books. Its place must be set. */
export function admit(queue: QueueState, record: MessageRecord): void {
  queue.log.add(record);
  queue.sizeInBytes += record.size;
  if (record.place !== "gone") queue.counts[record.place]++;
  if (record.sessionId !== undefined && queue.settings.requiresSession) {
    sessionOf(queue, record.sessionId).messageCount++;
  }
  shelve(queue, record);
}

/**
 * Moves a record from its place to another: the one door through which places change.
 * @throws {Error} when the record has left its queue.
 */
export function move(queue: QueueState, record: MessageRecord, to: Place): void {
  const from = record.place;
  if (from === "gone") throw new Error(`Message ${record.id} has left its queue and cannot become ${to}.`);
  queue.counts[from]--;
  if (from === "deferred") queue.deferred.delete(record.sequenceNumber);
  if (from === "scheduled") queue.schedule.remove(record.sequenceNumber);
  const session = sessionHolding(queue, record);
  if (session && from === "active") session.activeCount--;
  record.place = to;
  if (to === "gone") leave(queue, record, session);
  else {
    queue.counts[to]++;
    shelve(queue, record);
  }
  if (session) refreshFree(queue, session);
}

/** Removes a message for good, from the books and from the store. */
export function discard(queue: QueueState, record: MessageRecord): void {
  queue.journal.remove(record);
  move(queue, record, "gone");
}

function leave(queue: QueueState, record: MessageRecord, session: Session | undefined): void {
  queue.sizeInBytes -= record.size;
  record.content = undefined;
  queue.log.noteGone();
  if (!session) return;
  session.messageCount--;
  if (session.messageCount === 0 && !session.lock && !session.state) queue.sessions.delete(session.id);
}

function shelve(queue: QueueState, record: MessageRecord): void {
  switch (record.place) {
    case "deferred":
      queue.deferred.set(record.sequenceNumber, record);
      return;
    case "scheduled":
      queue.schedule.add(record);
      return;
    case "active":
      shelveActive(queue, record);
  }
}

function shelveActive(queue: QueueState, record: MessageRecord): void {
  queue.nextExpiry = Math.min(queue.nextExpiry, record.expiresAt);
  const session = sessionHolding(queue, record);
  if (session) {
    session.activeCount++;
    session.active.push(record);
    refreshFree(queue, session);
  } else {
    queue.active.push(record);
  }
  queue.exits.available();
}

function sessionHolding(queue: QueueState, record: MessageRecord): Session | undefined {
  return queue.settings.requiresSession && record.sessionId !== undefined
    ? sessionOf(queue, record.sessionId)
    : undefined;
}

/** The session of this name; a session is there as soon as somebody speaks of it. */
export function sessionOf(queue: QueueState, id: string): Session {
  const known = queue.sessions.get(id);
  if (known) return known;
  const session: Session = {
    id,
    active: new OrderedMessages(),
    activeCount: 0,
    messageCount: 0,
    lock: undefined,
    state: undefined,
    lastUpdated: 0,
  };
  queue.sessions.set(id, session);
  return session;
}

/** Keeps the set of sessions that may be accepted as "next" true. */
export function refreshFree(queue: QueueState, session: Session): void {
  if (session.lock || session.activeCount === 0) queue.freeSessions.delete(session);
  else queue.freeSessions.add(session);
}
