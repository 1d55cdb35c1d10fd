import { SessionCannotBeLockedError, SessionLockLostError } from "../errors.ts";
import { giveBack } from "./leave.ts";
import type { SessionLock } from "./locks.ts";
import { refreshFree, sessionOf } from "./place.ts";
import { requireSessionHeld } from "./settle.ts";
import type { QueueState } from "./state.ts";

/**
 * Gives a session to a receiver.
 * @throws {SessionCannotBeLockedError} when another holds it.
 */
export function acceptSession(queue: QueueState, id: string, onLost: () => void, now: number): SessionLock {
  const session = sessionOf(queue, id);
  if (session.lock && session.lock.until > now) throw new SessionCannotBeLockedError(id);
  if (session.lock) releaseSession(queue, session.lock, true, now);
  // Releasing the last of its messages may have dissolved the session.
  const held = sessionOf(queue, id);
  const lock: SessionLock = {
    session: held,
    until: now + queue.settings.lockDuration,
    released: false,
    locks: new Map(),
    onLost,
  };
  held.lock = lock;
  queue.heldSessions.add(lock);
  refreshFree(queue, held);
  return lock;
}

/** Gives the receiver whichever session has waited longest; undefined where none is free. */
export function acceptNextSession(queue: QueueState, onLost: () => void, now: number): SessionLock | undefined {
  for (const session of queue.freeSessions) return acceptSession(queue, session.id, onLost, now);
  return undefined;
}

/**
 * Takes a session back from its receiver. The messages it held are active again; they count as failed deliveries
 * where the lock ran out (`expired`), not where the receiver went away.
 */
export function releaseSession(queue: QueueState, lock: SessionLock, expired: boolean, now: number): void {
  if (lock.released) return;
  lock.released = true;
  queue.heldSessions.delete(lock);
  lock.session.lock = undefined;
  for (const held of lock.locks.values()) {
    giveBack(queue, held.record, expired, now);
    if (expired && held.record.place !== "gone") queue.journal.update(queue.id, held.record);
  }
  lock.locks.clear();
  refreshFree(queue, lock.session);
  if (queue.freeSessions.has(lock.session)) queue.exits.available();
  const { session } = lock;
  if (session.messageCount === 0 && !session.state) queue.sessions.delete(session.id);
}

/** @throws {SessionLockLostError} when nobody holds the session, or the lock on it has run out. */
export function renewSession(queue: QueueState, id: string, now: number): number {
  const lock = queue.sessions.get(id)?.lock;
  if (!lock) throw new SessionLockLostError(id);
  requireSessionHeld(lock, now);
  lock.until = now + queue.settings.lockDuration;
  return lock.until;
}

export function expireSessions(queue: QueueState, now: number): void {
  for (const lock of [...queue.heldSessions]) {
    if (lock.until > now) continue;
    releaseSession(queue, lock, true, now);
    lock.onLost();
  }
}

export function sessionState(queue: QueueState, id: string): Buffer | undefined {
  return queue.sessions.get(id)?.state;
}

export function setSessionState(queue: QueueState, id: string, state: Buffer | undefined, now: number): void {
  const session = sessionOf(queue, id);
  session.state = state;
  session.lastUpdated = now;
  queue.journal.saveSessionState(queue.id, id, state);
  if (session.messageCount === 0 && !session.lock && !state) queue.sessions.delete(id);
}

/** Sessions with messages; where a time is given, those instead whose state has been set since then. */
export function listSessions(queue: QueueState, updatedSince: number | undefined): readonly string[] {
  const all = [...queue.sessions.values()];
  const chosen =
    updatedSince === undefined
      ? all.filter((session) => session.messageCount > 0)
      : all.filter((session) => session.lastUpdated > updatedSince);
  return chosen.map((session) => session.id);
}
