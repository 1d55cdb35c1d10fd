import { randomUUID } from "node:crypto";
import { MalformedError } from "./malformed-error.ts";
import { type AmqpValue, Cursor } from "./read.ts";
import { elementsOf, entriesOf, propertyIndex, type Section, sectionCode, sectionsOf } from "./sections.ts";
import { encodedNull, encodeListSection, encodeMapSection, encodeString } from "./write.ts";

/** A message as the broker takes it in. */
export interface IncomingMessage {
  /** The sender's bytes, in the form that `outgoing.ts` expects: header and annotations normalised, the rest untouched. */
  readonly content: Buffer;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  /** Milliseconds. */
  readonly timeToLive: number | undefined;
  /** Milliseconds since 1970; the message is not to be seen before. */
  readonly scheduledFor: number | undefined;
}

/** Annotations that the broker writes and a sender therefore cannot. */
const ownedByBroker = new Set([
  "x-opt-sequence-number",
  "x-opt-enqueued-time",
  "x-opt-locked-until",
  "x-opt-message-state",
  "x-opt-enqueue-sequence-number",
  "x-opt-deadletter-source",
]);

const headerFields = 4; // durable, priority, ttl, first-acquirer; the fifth, delivery-count, is the broker's

/**
 * Reads an encoded message as a sender transfers it.
 * @throws {MalformedError} when it is no well-formed message.
 */
export function readIncoming(bytes: Buffer): IncomingMessage {
  const sections = sectionsOf(bytes);
  const find = (descriptor: number) => sections.find((section) => section.descriptor === descriptor);
  const header = readHeader(bytes, find(sectionCode.header));
  const annotations = readAnnotations(bytes, find(sectionCode.messageAnnotations));
  const properties = readProperties(bytes, find(sectionCode.properties));
  const rest = sections.filter((section) => section.descriptor > sectionCode.properties);
  const restStart = rest[0]?.start ?? bytes.length;
  return {
    content: Buffer.concat([header.bytes, annotations.bytes, properties.bytes, bytes.subarray(restStart)]),
    messageId: properties.messageId,
    sessionId: properties.sessionId,
    timeToLive: header.timeToLive ?? properties.timeToLive,
    scheduledFor: annotations.scheduledFor,
  };
}

/** Reads again, without copying, what `readIncoming` has made: a message on its way from one entity to another. */
export function readStored(content: Buffer): IncomingMessage {
  const sections = sectionsOf(content);
  const find = (descriptor: number) => sections.find((section) => section.descriptor === descriptor);
  const properties = readProperties(content, find(sectionCode.properties));
  return {
    content,
    messageId: properties.messageId,
    sessionId: properties.sessionId,
    timeToLive: readHeader(content, find(sectionCode.header)).timeToLive ?? properties.timeToLive,
    scheduledFor: undefined,
  };
}

function readHeader(bytes: Buffer, section: Section | undefined) {
  if (!section) return { bytes: Buffer.alloc(0), timeToLive: undefined };
  const elements = elementsOf(bytes, section).slice(0, headerFields);
  const padded = Array.from({ length: headerFields }, (_, index) => elements[index] ?? encodedNull);
  const body = Buffer.concat(padded);
  if (body.length > 200) throw new MalformedError("A message's header is longer than its fields can be.");
  const timeToLive = decode(padded[2]);
  return {
    bytes: Buffer.concat([Buffer.from([0, 0x53, sectionCode.header, 0xc0, body.length + 1, headerFields]), body]),
    timeToLive: typeof timeToLive === "number" ? timeToLive : undefined,
  };
}

function readAnnotations(bytes: Buffer, section: Section | undefined) {
  if (!section) return { bytes: Buffer.alloc(0), scheduledFor: undefined };
  const kept = entriesOf(bytes, section).filter(({ key }) => !ownedByBroker.has(key));
  const scheduled = kept.find(({ key }) => key === "x-opt-scheduled-enqueue-time");
  const when = scheduled && decode(scheduled.value);
  return {
    bytes: encodeMapSection(
      sectionCode.messageAnnotations,
      kept.map((entry) => entry.bytes),
      kept.length * 2,
    ),
    scheduledFor: when instanceof Date ? when.getTime() : undefined,
  };
}

function readProperties(bytes: Buffer, section: Section | undefined) {
  const elements = section ? elementsOf(bytes, section) : [];
  const given = decode(elements[propertyIndex.messageId]);
  // The SDKs cannot settle a message that has no message-id.
  const messageId = given === null ? randomUUID().replaceAll("-", "") : asText(given);
  const sessionId = decode(elements[propertyIndex.groupId]);
  const encoded =
    given === null || !section
      ? encodeListSection(sectionCode.properties, [encodeString(messageId), ...elements.slice(1)])
      : bytes.subarray(section.start, section.end);
  return {
    bytes: encoded,
    messageId,
    sessionId: sessionId === null ? undefined : asText(sessionId),
    timeToLive: lifeBetween(
      decode(elements[propertyIndex.creationTime]),
      decode(elements[propertyIndex.absoluteExpiryTime]),
    ),
  };
}

/** Lives longer than a header's 32 bits of milliseconds are told by these two times alone. */
function lifeBetween(creation: AmqpValue, expiry: AmqpValue): number | undefined {
  if (!(expiry instanceof Date) || !(creation instanceof Date)) return undefined;
  return Math.max(0, expiry.getTime() - creation.getTime());
}

function decode(bytes: Buffer | undefined): AmqpValue {
  return bytes ? new Cursor(bytes).read() : null;
}

function asText(value: AmqpValue): string {
  return Buffer.isBuffer(value) ? value.toString("base64") : String(value);
}
