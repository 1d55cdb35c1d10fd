import {
  cancelScheduledMessage,
  peekMessage,
  receiveBySequenceNumber,
  renewLock,
  scheduleMessage,
  updateDisposition,
} from "./message-operations.ts";
import type { Operation } from "./operation.ts";
import { addRule, enumerateRules, removeRule } from "./rule-operations.ts";
import { getMessageSessions, getSessionState, putSessionState, renewSessionLock } from "./session-operations.ts";

/** The right that an operation needs on its entity. */
type NeededRight = "Listen" | "Send" | "Manage";

/** Every operation of `<entity>/$management`, by the name that stands in the request's application properties. */
export const operations: ReadonlyMap<string, { readonly run: Operation; readonly needs: NeededRight }> = new Map([
  ["com.microsoft:peek-message", { run: peekMessage, needs: "Listen" }],
  ["com.microsoft:renew-lock", { run: renewLock, needs: "Listen" }],
  ["com.microsoft:schedule-message", { run: scheduleMessage, needs: "Send" }],
  ["com.microsoft:cancel-scheduled-message", { run: cancelScheduledMessage, needs: "Send" }],
  ["com.microsoft:receive-by-sequence-number", { run: receiveBySequenceNumber, needs: "Listen" }],
  ["com.microsoft:update-disposition", { run: updateDisposition, needs: "Listen" }],
  ["com.microsoft:renew-session-lock", { run: renewSessionLock, needs: "Listen" }],
  ["com.microsoft:get-session-state", { run: getSessionState, needs: "Listen" }],
  ["com.microsoft:set-session-state", { run: putSessionState, needs: "Listen" }],
  ["com.microsoft:get-message-sessions", { run: getMessageSessions, needs: "Listen" }],
  ["com.microsoft:add-rule", { run: addRule, needs: "Manage" }],
  ["com.microsoft:remove-rule", { run: removeRule, needs: "Manage" }],
  ["com.microsoft:enumerate-rules", { run: enumerateRules, needs: "Manage" }],
]);
