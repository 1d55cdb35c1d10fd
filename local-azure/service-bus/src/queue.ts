/**
 * The broker's core alone: what one queue holds and does, as plain functions of a state and a time. No connection, no clock, no
 * file; for whoever brings those along, as a simulation does.
 */
export { readStored } from "./amqp/incoming.ts";
export { propertyCount, sectionCode } from "./amqp/sections.ts";
export { encodedNull, encodeListSection, encodeString } from "./amqp/write.ts";
export { type Arrival, arrive } from "./queue/arrive.ts";
export type { MessageLock, SessionLock } from "./queue/locks.ts";
export { acceptNextSession, releaseSession, renewSession } from "./queue/sessions.ts";
export { renew, settle } from "./queue/settle.ts";
export { createQueueState, type QueueExits, type QueueState } from "./queue/state.ts";
export { takeLocked } from "./queue/take.ts";
export { nextDue, tick } from "./queue/tick.ts";
export { createMemoryJournal } from "./store/memory-store.ts";
