import { randomBytes } from "node:crypto";
import type { MessageRecord } from "./record.ts";

/** A receiver's hold on one message until a time or, in a session, for as long as the session is held. */
export interface MessageLock {
  /** Sixteen bytes in the order of the wire's uuid, as hexadecimal text. */
  readonly token: string;
  readonly record: MessageRecord;
  readonly session: SessionLock | undefined;
  until: number;
}

/** A receiver's hold on a session. */
export interface SessionLock {
  readonly session: Session;
  until: number;
  released: boolean;
  readonly locks: Map<string, MessageLock>;
  /** Tells the holder that its time has run out. */
  readonly onLost: () => void;
}

export interface Session {
  readonly id: string;
  readonly active: import("./ordered-messages.ts").OrderedMessages;
  activeCount: number;
  /** Messages in any place. */
  messageCount: number;
  lock: SessionLock | undefined;
  state: Buffer | undefined;
  lastUpdated: number;
}

const tokenBytes = 16;
const poolTokens = 256;
let pool = Buffer.alloc(0);
let next = 0;

/** A new lock token. Random bytes are drawn for many at once: this runs for every delivery. */
export function newLockToken(): string {
  if (next >= pool.length) {
    pool = randomBytes(tokenBytes * poolTokens);
    next = 0;
  }
  next += tokenBytes;
  return pool.toString("hex", next - tokenBytes, next);
}
