import { sectionCode } from "./sections.ts";
import { encodeSymbol } from "./write.ts";

/** What the broker says of a message when it hands it out. */
interface DeliveryFacts {
  readonly deliveryCount: number;
  readonly sequenceNumber: number;
  /** Milliseconds since 1970. */
  readonly enqueuedAt: number;
  /** 0 active, 1 deferred, 2 scheduled. */
  readonly state: number;
  /** Milliseconds since 1970; absent for a message without a lock. */
  readonly lockedUntil?: number;
}

const sectionHead = 12;
const sequenceNumber = encodeSymbol("x-opt-sequence-number");
const enqueuedTime = encodeSymbol("x-opt-enqueued-time");
const messageState = encodeSymbol("x-opt-message-state");
const lockedUntil = encodeSymbol("x-opt-locked-until");
const noHeaderFields = Buffer.from([0x40, 0x40, 0x40, 0x40]);
const factsLength = sequenceNumber.length + 9 + enqueuedTime.length + 9 + messageState.length + 2;

/** Joins the facts of a delivery to a message's content, in one allocation: this runs once for every delivery. */
export function encodeDelivery(content: Buffer, facts: DeliveryFacts): Buffer {
  const head = headOf(content);
  const lock = facts.lockedUntil === undefined ? 0 : lockedUntil.length + 9;
  const headerLength = 6 + head.headerFields.length + 5;
  const entriesLength = head.annotations.length + factsLength + lock;
  const out = Buffer.allocUnsafe(headerLength + sectionHead + entriesLength + content.length - head.bareStart);
  let at = out.writeUInt8(0, 0);
  at = out.writeUInt8(0x53, at);
  at = out.writeUInt8(sectionCode.header, at);
  at = out.writeUInt8(0xc0, at);
  at = out.writeUInt8(head.headerFields.length + 6, at);
  at = out.writeUInt8(5, at);
  at += head.headerFields.copy(out, at);
  at = out.writeUInt8(0x70, at);
  at = out.writeUInt32BE(facts.deliveryCount, at);
  at = writeMapHead(out, at, entriesLength, head.annotationCount + (lock ? 8 : 6));
  at += head.annotations.copy(out, at);
  at = writeLong(out, at, sequenceNumber, 0x81, facts.sequenceNumber);
  at = writeLong(out, at, enqueuedTime, 0x83, facts.enqueuedAt);
  at += messageState.copy(out, at);
  at = out.writeUInt8(0x54, at);
  at = out.writeUInt8(facts.state, at);
  if (facts.lockedUntil !== undefined) at = writeLong(out, at, lockedUntil, 0x83, facts.lockedUntil);
  content.copy(out, at, head.bareStart);
  return out;
}

interface Head {
  readonly headerFields: Buffer;
  readonly annotations: Buffer;
  readonly annotationCount: number;
  readonly bareStart: number;
}

/** `readIncoming` has put header and annotations first and given them fixed forms. */
function headOf(content: Buffer): Head {
  let at = 0;
  let headerFields: Buffer = noHeaderFields;
  if (content[2] === sectionCode.header) {
    const end = 5 + content.readUInt8(4);
    headerFields = content.subarray(6, end);
    at = end;
  }
  if (content[at + 2] !== sectionCode.messageAnnotations) {
    return { headerFields, annotations: Buffer.alloc(0), annotationCount: 0, bareStart: at };
  }
  const end = at + 8 + content.readUInt32BE(at + 4);
  return {
    headerFields,
    annotations: content.subarray(at + sectionHead, end),
    annotationCount: content.readUInt32BE(at + 8),
    bareStart: end,
  };
}

function writeMapHead(out: Buffer, start: number, entriesLength: number, count: number): number {
  let at = start;
  at = out.writeUInt8(0, at);
  at = out.writeUInt8(0x53, at);
  at = out.writeUInt8(sectionCode.messageAnnotations, at);
  at = out.writeUInt8(0xd1, at);
  at = out.writeUInt32BE(entriesLength + 4, at);
  return out.writeUInt32BE(count, at);
}

function writeLong(out: Buffer, start: number, key: Buffer, code: number, value: number): number {
  let at = start + key.copy(out, start);
  at = out.writeUInt8(code, at);
  // Sequence numbers and times are whole and below 2^53: two halves are quicker than a BigInt.
  at = out.writeUInt32BE(Math.floor(value / 0x1_0000_0000), at);
  return out.writeUInt32BE(value % 0x1_0000_0000, at);
}
