/** Encoders of the few AMQP values that the broker itself adds to a message; all else is passed on as it came. */

export function encodeSymbol(text: string): Buffer {
  return sized(0xa3, 0xb3, Buffer.from(text, "ascii"));
}

export function encodeString(text: string): Buffer {
  return sized(0xa1, 0xb1, Buffer.from(text, "utf8"));
}

export function encodeBinary(bytes: Uint8Array): Buffer {
  return sized(0xa0, 0xb0, Buffer.from(bytes));
}

function sized(narrow: number, wide: number, bytes: Buffer): Buffer {
  if (bytes.length < 256) return Buffer.concat([Buffer.from([narrow, bytes.length]), bytes]);
  const head = Buffer.allocUnsafe(5);
  head.writeUInt8(wide, 0);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

export const encodedNull = Buffer.from([0x40]);

export function encodeBoolean(value: boolean): Buffer {
  return Buffer.from([value ? 0x41 : 0x42]);
}

export function encodeLong(value: number | bigint): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes.writeUInt8(0x81, 0);
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
}

export function encodeDouble(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes.writeUInt8(0x82, 0);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** Milliseconds since 1970. */
export function encodeTimestamp(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes.writeUInt8(0x83, 0);
  bytes.writeBigInt64BE(BigInt(Math.trunc(value)), 1);
  return bytes;
}

/** A map section (annotations, application properties) around entries that are already encoded. */
export function encodeMapSection(descriptor: number, entries: readonly Buffer[], count: number): Buffer {
  const size = entries.reduce((sum, entry) => sum + entry.length, 4);
  const head = Buffer.allocUnsafe(12);
  head.set([0x00, 0x53, descriptor, 0xd1]);
  head.writeUInt32BE(size, 4);
  head.writeUInt32BE(count, 8);
  return Buffer.concat([head, ...entries]);
}

/** A list section (properties) around elements that are already encoded. */
export function encodeListSection(descriptor: number, elements: readonly Buffer[]): Buffer {
  const size = elements.reduce((sum, element) => sum + element.length, 4);
  const head = Buffer.allocUnsafe(12);
  head.set([0x00, 0x53, descriptor, 0xd0]);
  head.writeUInt32BE(size, 4);
  head.writeUInt32BE(elements.length, 8);
  return Buffer.concat([head, ...elements]);
}
