import { MalformedError } from "./malformed-error.ts";

/** Deepest nesting of lists, maps and descriptors that a peer may send. */
const deepestNesting = 32;
/** Elements without width cost no bytes, so only a limit keeps an array of them from filling the memory. */
const mostEmptyElements = 4096;

/**
 * Walks one AMQP value and returns the offset just past it.
 *
 * Checks all that `rhea`'s decoder trusts: sizes within `end`, counts that fit the bytes they stand for, known type
 * codes, bounded nesting. AMQP 1.0 part 1, section 1.2.
 * @throws {MalformedError} when one of these does not hold.
 */
export function scanValue(bytes: Buffer, start: number, end: number, depth = 0): number {
  if (depth > deepestNesting) throw new MalformedError(`A value is nested deeper than ${deepestNesting} levels.`);
  let offset = start;
  let code = byteAt(bytes, offset++, end);
  while (code === 0) {
    offset = scanValue(bytes, offset, end, depth + 1);
    code = byteAt(bytes, offset++, end);
  }
  return scanBody(bytes, code, offset, end, depth);
}

function scanBody(bytes: Buffer, code: number, offset: number, end: number, depth: number): number {
  const width = fixedWidth(code);
  if (width !== undefined) return within(offset + width, end);
  const wide = isWide(code);
  const sizeWidth = wide ? 4 : 1;
  within(offset + sizeWidth, end);
  const size = wide ? bytes.readUInt32BE(offset) : bytes.readUInt8(offset);
  const last = within(offset + sizeWidth + size, end);
  switch (code >> 4) {
    case 0xa:
    case 0xb:
      return last;
    case 0xc:
    case 0xd:
      return scanCompound(bytes, offset + sizeWidth, last, sizeWidth, depth);
    default:
      return scanArray(bytes, offset + sizeWidth, last, sizeWidth, depth);
  }
}

function scanCompound(bytes: Buffer, start: number, end: number, countWidth: number, depth: number): number {
  within(start + countWidth, end);
  const count = countWidth === 4 ? bytes.readUInt32BE(start) : bytes.readUInt8(start);
  let offset = start + countWidth;
  if (count > end - offset) throw new MalformedError(`A list of ${count} elements has ${end - offset} bytes.`);
  for (let index = 0; index < count; index++) offset = scanValue(bytes, offset, end, depth + 1);
  return exactly(offset, end);
}

function scanArray(bytes: Buffer, start: number, end: number, countWidth: number, depth: number): number {
  within(start + countWidth, end);
  const count = countWidth === 4 ? bytes.readUInt32BE(start) : bytes.readUInt8(start);
  let offset = start + countWidth;
  let code = byteAt(bytes, offset++, end);
  while (code === 0) {
    offset = scanValue(bytes, offset, end, depth + 1);
    code = byteAt(bytes, offset++, end);
  }
  const most = fixedWidth(code) === 0 ? mostEmptyElements : end - offset;
  if (count > most) throw new MalformedError(`An array of ${count} elements has ${end - offset} bytes.`);
  for (let index = 0; index < count; index++) offset = scanBody(bytes, code, offset, end, depth + 1);
  return exactly(offset, end);
}

/**
 * The number of bytes after a fixed-width constructor, or undefined where the value carries its own size.
 * @throws {MalformedError} when the code is no constructor of AMQP.
 */
export function fixedWidth(code: number): number | undefined {
  if (!knownCodes.has(code)) throw new MalformedError(`0x${code.toString(16)} is not an AMQP type code.`);
  const category = code >> 4;
  if (category >= 0xa) return undefined;
  return category === 4 ? 0 : 1 << (category - 5);
}

/** Whether a variable-width constructor's size takes four bytes and not one. */
export function isWide(code: number): boolean {
  return ((code >> 4) & 1) === 1;
}

const knownCodes = new Set([
  0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x60, 0x61, 0x70, 0x71, 0x72, 0x73,
  0x74, 0x80, 0x81, 0x82, 0x83, 0x84, 0x94, 0x98, 0xa0, 0xa1, 0xa3, 0xb0, 0xb1, 0xb3, 0xc0, 0xc1, 0xd0, 0xd1, 0xe0,
  0xf0,
]);

function byteAt(bytes: Buffer, offset: number, end: number): number {
  within(offset + 1, end);
  return bytes.readUInt8(offset);
}

function within(offset: number, end: number): number {
  if (offset > end) throw new MalformedError("A value runs past the end of its frame.");
  return offset;
}

function exactly(offset: number, end: number): number {
  if (offset !== end) throw new MalformedError("A list, map or array does not fill the size it states.");
  return end;
}
