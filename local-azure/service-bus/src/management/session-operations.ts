import { types } from "../amqp/rhea.ts";
import { listSessions, renewSession, sessionState, setSessionState } from "../queue/sessions.ts";
import { done, type Operation } from "./operation.ts";

/** From here on "updated since" means "all that have messages": .NET's `DateTime.MaxValue`. */
const endOfTimeMs = 253_402_300_799_000;
const stringCode = 0xa1;
const mostSessions = 100;

export const renewSessionLock: Operation = ({ queue, body, now }) => {
  const until = renewSession(queue, body.text("session-id"), now);
  return { status: 200, body: { expiration: types.wrap_timestamp(until) } };
};

export const getSessionState: Operation = ({ queue, body }) => {
  const state = sessionState(queue, body.text("session-id"));
  return { status: 200, body: { "session-state": state ? types.wrap_binary(state) : null } };
};

export const putSessionState: Operation = ({ queue, body, now }) => {
  setSessionState(queue, body.text("session-id"), copyOf(body.binary("session-state")), now);
  return done;
};

function copyOf(bytes: Buffer | undefined): Buffer | undefined {
  return bytes && Buffer.from(bytes);
}

export const getMessageSessions: Operation = ({ queue, body }) => {
  const since = body.value("last-updated-time");
  const updatedSince = since instanceof Date && since.getTime() < endOfTimeMs ? since.getTime() : undefined;
  const skip = body.optionalNumber("skip") ?? 0;
  const top = body.optionalNumber("top") ?? mostSessions;
  const page = listSessions(queue, updatedSince).slice(skip, skip + top);
  if (page.length === 0) return { status: 204 };
  return {
    status: 200,
    body: { skip: types.wrap_int(skip + page.length), "sessions-ids": types.wrap_array(page, stringCode) },
  };
};
