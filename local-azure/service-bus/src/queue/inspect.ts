import { MessageNotFoundError } from "../errors.ts";
import type { MessageLock, SessionLock } from "./locks.ts";
import type { MessageRecord } from "./record.ts";
import type { QueueState } from "./state.ts";
import { lock, remove, type TakenMessage } from "./take.ts";

/** Looks at messages in any place without taking them, from a sequence number on. */
export function peek(
  queue: QueueState,
  from: number,
  most: number,
  sessionId: string | undefined,
): readonly MessageRecord[] {
  const seen: MessageRecord[] = [];
  if (most <= 0) return seen;
  for (const record of queue.log.from(from)) {
    if (sessionId !== undefined && record.sessionId !== sessionId) continue;
    seen.push(record);
    if (seen.length >= most) break;
  }
  return seen;
}

/** Locks deferred messages: all that are named, or none and `MessageNotFoundError`. */
export function lockDeferred(
  queue: QueueState,
  sequenceNumbers: readonly number[],
  session: SessionLock | undefined,
  now: number,
): readonly MessageLock[] {
  return findDeferred(queue, sequenceNumbers, session).map((record) => lock(queue, record, session, now));
}

/** Takes deferred messages for good. */
export function takeDeferred(
  queue: QueueState,
  sequenceNumbers: readonly number[],
  session: SessionLock | undefined,
): readonly TakenMessage[] {
  return findDeferred(queue, sequenceNumbers, session).map((record) => remove(queue, record));
}

function findDeferred(queue: QueueState, sequenceNumbers: readonly number[], session: SessionLock | undefined) {
  return [...new Set(sequenceNumbers)].map((number) => {
    const record = queue.deferred.get(number);
    if (!record || (session && record.sessionId !== session.session.id)) throw new MessageNotFoundError(number);
    return record;
  });
}
