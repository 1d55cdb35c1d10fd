import { activateDue } from "./arrive.ts";
import { expire } from "./leave.ts";
import { expireSessions } from "./sessions.ts";
import { expireLocks } from "./settle.ts";
import type { QueueState } from "./state.ts";

/** A scan for expired messages walks the whole queue, so it pauses a millisecond for each so many messages. */
const messagesScannedPerPause = 2000;
const shortestPauseMs = 10;

/** Does all that is due in a queue: locks and sessions that ran out, schedules, expiry, forgotten duplicates. */
export function tick(queue: QueueState, now: number): void {
  expireLocks(queue, now);
  expireSessions(queue, now);
  activateDue(queue, now);
  if (queue.nextExpiry <= now) expireMessages(queue, now);
  for (const messageId of queue.duplicates.forget(now)) queue.journal.forgetMessageId(queue.id, messageId);
}

/** The earliest time at which `tick` has something to do. */
export function nextDue(queue: QueueState): number {
  let due = Math.min(queue.nextExpiry, queue.schedule.nextDue(), queue.duplicates.nextDue());
  for (const lock of queue.locks.values()) {
    due = Math.min(due, lock.until);
    break;
  }
  for (const session of queue.heldSessions) due = Math.min(due, session.until);
  return due;
}

function expireMessages(queue: QueueState, now: number): void {
  let earliest = Number.POSITIVE_INFINITY;
  for (const record of [...queue.log.from(0)]) {
    if (record.place !== "active") continue;
    if (record.expiresAt <= now) expire(queue, record, now);
    else earliest = Math.min(earliest, record.expiresAt);
  }
  const pause = Math.max(shortestPauseMs, queue.log.length / messagesScannedPerPause);
  queue.nextExpiry = Math.max(earliest, now + pause);
  if (earliest === Number.POSITIVE_INFINITY) queue.nextExpiry = earliest;
}
