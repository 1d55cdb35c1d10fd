import { readIncoming } from "../amqp/incoming.ts";
import { encodeDelivery } from "../amqp/outgoing.ts";
import { types } from "../amqp/rhea.ts";
import { encodeString } from "../amqp/write.ts";
import { InvalidRequestError, LockLostError, SessionLockLostError } from "../errors.ts";
import { accept } from "../namespace/routing.ts";
import { cancelScheduled } from "../queue/arrive.ts";
import { lockDeferred, peek, takeDeferred } from "../queue/inspect.ts";
import type { SessionLock } from "../queue/locks.ts";
import { type MessageRecord, messageState } from "../queue/record.ts";
import { findLock, type Outcome, renew, requireSessionHeld, settle } from "../queue/settle.ts";
import { contentOf } from "../queue/state.ts";
import { done, type Operation, type OperationContext } from "./operation.ts";
import type { RequestBody } from "./request-body.ts";

const longCode = 0x81;
const timestampCode = 0x83;
const receiveAndDelete = 0;

export const peekMessage: Operation = ({ queue, body }) => {
  const from = body.number("from-sequence-number");
  const found = peek(queue, from, body.number("message-count"), body.optionalText("session-id"));
  if (found.length === 0) return { status: 204 };
  const messages = found.map((record) => ({
    message: encodeDelivery(contentOf(queue, record), { ...record, state: shownState(record) }),
  }));
  return { status: 200, body: { messages } };
};

function shownState(record: MessageRecord): number {
  return record.place === "scheduled" ? messageState.scheduled : record.state;
}

export const renewLock: Operation = ({ queue, body, now }) => {
  const locks = body.uuids("lock-tokens").map((token) => findLock(queue, token, undefined, now));
  const expirations = locks.map((lock) => renew(queue, lock, now));
  return { status: 200, body: { expirations: types.wrap_array(expirations, timestampCode) } };
};

/** @throws {InvalidRequestError} when an entry has no message. */
export const scheduleMessage: Operation = ({ entity, body, now }) => {
  const messages = body.maps("messages").map((entry) => {
    const bytes = entry.binary("message");
    if (!bytes) throw new InvalidRequestError("An entry of 'messages' has no binary 'message'.");
    return readIncoming(bytes);
  });
  const numbers = messages.map((message) => accept(entity, { ...message, hops: 0 }, now));
  return { status: 200, body: { "sequence-numbers": types.wrap_array(numbers, longCode) } };
};

export const cancelScheduledMessage: Operation = ({ queue, body }) => {
  cancelScheduled(queue, body.numbers("sequence-numbers"));
  return done;
};

export const receiveBySequenceNumber: Operation = (context) => {
  const { queue, body, now } = context;
  const numbers = body.numbers("sequence-numbers");
  const session = heldSession(context);
  if (body.optionalNumber("receiver-settle-mode") === receiveAndDelete) {
    const messages = takeDeferred(queue, numbers, session).map(({ record, content }) => ({
      message: encodeDelivery(content, record),
      "lock-token": types.wrap_uuid(Buffer.alloc(16)),
    }));
    return { status: 200, body: { messages } };
  }
  const messages = lockDeferred(queue, numbers, session, now).map(({ record, token, until }) => ({
    message: encodeDelivery(contentOf(queue, record), { ...record, lockedUntil: until }),
    "lock-token": types.wrap_uuid(Buffer.from(token, "hex")),
  }));
  return { status: 200, body: { messages } };
};

function heldSession({ queue, body, now }: OperationContext): SessionLock | undefined {
  const id = body.optionalText("session-id");
  if (id === undefined) {
    if (queue.settings.requiresSession) throw new InvalidRequestError("This entity needs a 'session-id'.");
    return undefined;
  }
  const lock = queue.sessions.get(id)?.lock;
  if (!lock) throw new SessionLockLostError(id);
  requireSessionHeld(lock, now);
  return lock;
}

/** @throws {LockLostError} when no lock is named, or one that is no longer its receiver's. */
export const updateDisposition: Operation = ({ queue, body, now }) => {
  const outcome = outcomeOf(body);
  const session = queue.settings.requiresSession ? body.optionalText("session-id") : undefined;
  const tokens = body.uuids("lock-tokens");
  if (tokens.length === 0) throw new LockLostError();
  const locks = tokens.map((token) => findLock(queue, token, session, now));
  for (const lock of locks) settle(queue, lock, outcome, now);
  return done;
};

function outcomeOf(body: RequestBody): Outcome {
  const changes = new Map(body.map("properties-to-modify")?.entries);
  const status = body.text("disposition-status");
  switch (status) {
    case "completed":
      return { kind: "complete" };
    case "abandoned":
      return { kind: "abandon", changes };
    case "defered": // the protocol's own spelling
    case "deferred":
      return { kind: "defer", changes };
    case "suspended": {
      const reason = body.optionalText("deadletter-reason");
      const description = body.optionalText("deadletter-description");
      if (reason !== undefined) changes.set("DeadLetterReason", encodeString(reason));
      if (description !== undefined) changes.set("DeadLetterErrorDescription", encodeString(description));
      return { kind: "dead-letter", changes };
    }
    default:
      throw new InvalidRequestError(`'${status}' is not a disposition: completed, abandoned, defered or suspended.`);
  }
}
