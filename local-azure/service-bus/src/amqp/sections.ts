import { MalformedError } from "./malformed-error.ts";
import { Cursor } from "./read.ts";
import { scanValue } from "./scan.ts";

/** Descriptors of the sections of a message, AMQP 1.0 part 3, section 3.2. */
export const sectionCode = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

/** Where the elements of a message's properties list stand. */
export const propertyIndex = {
  messageId: 0,
  userId: 1,
  to: 2,
  subject: 3,
  replyTo: 4,
  correlationId: 5,
  contentType: 6,
  contentEncoding: 7,
  absoluteExpiryTime: 8,
  creationTime: 9,
  groupId: 10,
  groupSequence: 11,
  replyToGroupId: 12,
} as const;

export const propertyCount = 13;

/** One section of an encoded message: the whole of it is `start..end`, its value begins at `value`. */
export interface Section {
  readonly descriptor: number;
  readonly start: number;
  readonly value: number;
  readonly end: number;
}

const lists: ReadonlySet<number> = new Set([sectionCode.header, sectionCode.properties]);
const maps: ReadonlySet<number> = new Set([
  sectionCode.deliveryAnnotations,
  sectionCode.messageAnnotations,
  sectionCode.applicationProperties,
  sectionCode.footer,
]);
/** Sections of which a message may have several. */
const repeatable: ReadonlySet<number> = new Set([sectionCode.data, sectionCode.sequence]);

/**
 * Splits an encoded message into its sections after checking every byte of it: who changes a message later, when nobody
 * is there to be told, can rely on what it is made of.
 * @throws {MalformedError} when it has no section, or one that is not well-formed, none of a message, or out of place.
 */
export function sectionsOf(bytes: Buffer): readonly Section[] {
  const sections: Section[] = [];
  let last: number = 0;
  for (let start = 0; start < bytes.length; ) {
    const end = scanValue(bytes, start, bytes.length);
    const cursor = new Cursor(bytes, start);
    const descriptor = cursor.readDescriptor();
    if (descriptor < sectionCode.header || descriptor > sectionCode.footer) {
      throw new MalformedError(`0x${descriptor.toString(16)} is not a section of a message.`);
    }
    if (descriptor < last || (descriptor === last && !repeatable.has(descriptor))) {
      throw new MalformedError(`The section 0x${descriptor.toString(16)} of a message is out of place.`);
    }
    requireShape(bytes, descriptor, cursor.offset);
    sections.push({ descriptor, start, value: cursor.offset, end });
    last = descriptor;
    start = end;
  }
  if (sections.length === 0) throw new MalformedError("A message has no sections.");
  return sections;
}

/** A section is a list, or a map of keys with values, where the specification says so. */
function requireShape(bytes: Buffer, descriptor: number, value: number): void {
  const code = bytes.readUInt8(value);
  if (lists.has(descriptor) && code !== 0x45 && code !== 0xc0 && code !== 0xd0) {
    throw new MalformedError(`The section 0x${descriptor.toString(16)} of a message is no list.`);
  }
  if (!maps.has(descriptor)) return;
  if (code !== 0xc1 && code !== 0xd1) {
    throw new MalformedError(`The section 0x${descriptor.toString(16)} of a message is no map.`);
  }
  if (new Cursor(bytes, value).readCount() % 2 !== 0) throw new MalformedError("A map has a key without a value.");
}

/** The elements of a list section, each as its bytes. */
export function elementsOf(bytes: Buffer, section: Section): readonly Buffer[] {
  const cursor = new Cursor(bytes, section.value);
  const count = cursor.readCount();
  return Array.from({ length: count }, () => {
    const start = cursor.offset;
    cursor.skip();
    return bytes.subarray(start, cursor.offset);
  });
}

interface MapEntry {
  readonly key: string;
  /** The value's bytes. */
  readonly value: Buffer;
  /** Key and value together. */
  readonly bytes: Buffer;
}

/** The entries of a map section. */
export function entriesOf(bytes: Buffer, section: Section): readonly MapEntry[] {
  const cursor = new Cursor(bytes, section.value);
  const count = cursor.readCount();
  return Array.from({ length: count / 2 }, () => {
    const start = cursor.offset;
    const key = String(cursor.read());
    const valueStart = cursor.offset;
    cursor.skip();
    return { key, value: bytes.subarray(valueStart, cursor.offset), bytes: bytes.subarray(start, cursor.offset) };
  });
}
