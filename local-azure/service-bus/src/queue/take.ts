import { expire } from "./leave.ts";
import { type MessageLock, newLockToken, type SessionLock } from "./locks.ts";
import { discard, move } from "./place.ts";
import type { MessageRecord } from "./record.ts";
import { contentOf, type QueueState } from "./state.ts";

/** Takes the next message and locks it for its receiver; undefined where there is none. */
export function takeLocked(queue: QueueState, session: SessionLock | undefined, now: number): MessageLock | undefined {
  const record = nextActive(queue, session, now);
  return record && lock(queue, record, session, now);
}

export interface TakenMessage {
  readonly record: MessageRecord;
  readonly content: Buffer;
}

/** Takes the next message for good (receive-and-delete). */
export function takeAway(queue: QueueState, session: SessionLock | undefined, now: number): TakenMessage | undefined {
  const record = nextActive(queue, session, now);
  return record && remove(queue, record);
}

/** Locks a message that the caller has found. */
export function lock(
  queue: QueueState,
  record: MessageRecord,
  session: SessionLock | undefined,
  now: number,
): MessageLock {
  move(queue, record, "locked");
  const until = session ? session.until : now + queue.settings.lockDuration;
  const held: MessageLock = { token: newLockToken(), record, session, until };
  (session ? session.locks : queue.locks).set(held.token, held);
  return held;
}

export function remove(queue: QueueState, record: MessageRecord): TakenMessage {
  const taken = { record: { ...record }, content: contentOf(queue, record) };
  discard(queue, record);
  return taken;
}

/** Whether `takeLocked` would find a message (that has not expired). */
function nextActive(queue: QueueState, session: SessionLock | undefined, now: number): MessageRecord | undefined {
  const messages = session ? session.session.active : queue.active;
  for (;;) {
    const record = messages.shift();
    if (!record || record.expiresAt > now) return record;
    expire(queue, record, now);
  }
}
