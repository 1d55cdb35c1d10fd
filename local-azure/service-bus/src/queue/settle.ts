import { type EncodedChanges, withApplicationProperties } from "../amqp/edit.ts";
import { LockLostError, NotAllowedError, SessionLockLostError } from "../errors.ts";
import { deadLetter, giveBack } from "./leave.ts";
import type { MessageLock, SessionLock } from "./locks.ts";
import { discard, move } from "./place.ts";
import { type MessageRecord, messageState } from "./record.ts";
import { contentOf, type QueueState } from "./state.ts";

/** What a receiver decides about a message that it holds. */
export type Outcome =
  | { readonly kind: "complete" }
  | { readonly kind: "abandon"; readonly changes: EncodedChanges }
  | { readonly kind: "defer"; readonly changes: EncodedChanges }
  | { readonly kind: "dead-letter"; readonly changes: EncodedChanges };

/**
 * Finds a lock by its token.
 * @throws {LockLostError} when the lock is no longer its receiver's.
 * @throws {SessionLockLostError} when the lock on its session is no longer its receiver's.
 */
export function findLock(queue: QueueState, token: string, sessionId: string | undefined, now: number): MessageLock {
  const session = sessionId === undefined ? undefined : queue.sessions.get(sessionId)?.lock;
  if (sessionId !== undefined && !session) throw new SessionLockLostError(sessionId);
  const found = (session ? session.locks : queue.locks).get(token);
  if (!found) throw new LockLostError();
  requireHeld(queue, found, now);
  return found;
}

/**
 * @throws {LockLostError} when the lock is no longer its receiver's.
 * @throws {SessionLockLostError} when the lock on its session is no longer its receiver's.
 */
export function requireHeld(queue: QueueState, lock: MessageLock, now: number): void {
  if (lock.session) {
    requireSessionHeld(lock.session, now);
    if (!lock.session.locks.has(lock.token)) throw new LockLostError();
    return;
  }
  if (queue.locks.get(lock.token) !== lock || lock.until <= now) throw new LockLostError();
}

/** @throws {SessionLockLostError} when the lock was released or has run out. */
export function requireSessionHeld(lock: SessionLock, now: number): void {
  if (lock.released || lock.until <= now) throw new SessionLockLostError(lock.session.id);
}

/**
 * Carries out a receiver's decision.
 * @throws {LockLostError} when the receiver holds the message no more.
 * @throws {SessionLockLostError} when it holds the message's session no more.
 * @throws {NotAllowedError} when it dead-letters what is dead-lettered already; the message has been given back then.
 */
export function settle(queue: QueueState, lock: MessageLock, outcome: Outcome, now: number): void {
  requireHeld(queue, lock, now);
  (lock.session ? lock.session.locks : queue.locks).delete(lock.token);
  const { record } = lock;
  switch (outcome.kind) {
    case "complete":
      discard(queue, record);
      return;
    case "abandon":
      change(queue, record, outcome.changes);
      giveBack(queue, record, true, now);
      break;
    case "defer":
      change(queue, record, outcome.changes);
      defer(queue, record);
      break;
    case "dead-letter":
      if (!queue.settings.isDeadLetterQueue) {
        deadLetter(queue, record, outcome.changes, now);
        return;
      }
      giveBack(queue, record, false, now);
      throw new NotAllowedError(
        "Cannot dead-letter a message that is in a dead-letter queue already. Complete it, or send it on.",
      );
  }
  if (record.place !== "gone") save(queue, record, outcome.changes);
}

function defer(queue: QueueState, record: MessageRecord): void {
  if (!queue.settings.isDeadLetterQueue) record.deliveryCount++;
  record.state = messageState.deferred;
  move(queue, record, "deferred");
}

function change(queue: QueueState, record: MessageRecord, changes: EncodedChanges): void {
  if (changes.size === 0) return;
  const content = withApplicationProperties(contentOf(queue, record), changes);
  queue.sizeInBytes += content.length - record.size;
  record.content = content;
  record.size = content.length;
}

function save(queue: QueueState, record: MessageRecord, changes: EncodedChanges): void {
  if (changes.size > 0) queue.journal.updateWithContent(queue.id, record);
  else queue.journal.update(queue.id, record);
}

/** Renews the lock of a message outside sessions and returns its new end. */
export function renew(queue: QueueState, lock: MessageLock, now: number): number {
  requireHeld(queue, lock, now);
  lock.until = now + queue.settings.lockDuration;
  // To the end of the map, which stands in the order of expiry.
  queue.locks.delete(lock.token);
  queue.locks.set(lock.token, lock);
  return lock.until;
}

/** Gives back the messages whose locks have run out. */
export function expireLocks(queue: QueueState, now: number): void {
  for (const lock of queue.locks.values()) {
    if (lock.until > now) return;
    queue.locks.delete(lock.token);
    giveBack(queue, lock.record, true, now);
    if (lock.record.place !== "gone") queue.journal.update(queue.id, lock.record);
  }
}
