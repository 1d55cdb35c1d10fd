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

/**
 * Splits an encoded message into its sections after checking every byte of it.
 * @throws {MalformedError} when it has none, or one that is not well-formed or none of a message.
 */
export function sectionsOf(bytes: Buffer): readonly Section[] {
  const sections: Section[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = scanValue(bytes, start, bytes.length);
    const cursor = new Cursor(bytes, start);
    const descriptor = cursor.readDescriptor();
    if (descriptor < sectionCode.header || descriptor > sectionCode.footer) {
      throw new MalformedError(`0x${descriptor.toString(16)} is not a section of a message.`);
    }
    sections.push({ descriptor, start, value: cursor.offset, end });
    start = end;
  }
  if (sections.length === 0) throw new MalformedError("A message has no sections.");
  return sections;
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

/**
 * The entries of a map section.
 * @throws {MalformedError} when the section is no map, or a key has no value.
 */
export function entriesOf(bytes: Buffer, section: Section): readonly MapEntry[] {
  const cursor = new Cursor(bytes, section.value);
  const count = cursor.readCount();
  if (count % 2 !== 0) throw new MalformedError("A map has a key without a value.");
  return Array.from({ length: count / 2 }, () => {
    const start = cursor.offset;
    const key = String(cursor.read());
    const valueStart = cursor.offset;
    cursor.skip();
    return { key, value: bytes.subarray(valueStart, cursor.offset), bytes: bytes.subarray(start, cursor.offset) };
  });
}
