import { MalformedError } from "./malformed-error.ts";
import { fixedWidth, isWide } from "./scan.ts";

/** A decoded AMQP value. A uuid is its text; integers beyond 2^53 are `bigint`; a list or map is left to the caller. */
export type AmqpValue = null | boolean | number | bigint | string | Date | Buffer;

/** Reads values of a buffer that `scanValue` has found well-formed, one after the other. */
export class Cursor {
  readonly bytes: Buffer;
  offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  /** Passes over one value, described or not. */
  skip(): void {
    while (this.bytes[this.offset] === 0) {
      this.offset++;
      this.skip();
    }
    const code = this.bytes.readUInt8(this.offset++);
    const width = fixedWidth(code);
    if (width !== undefined) this.offset += width;
    else if (isWide(code)) this.offset += 4 + this.bytes.readUInt32BE(this.offset);
    else this.offset += 1 + this.bytes.readUInt8(this.offset);
  }

  /**
   * The numeric descriptor of a described value, left standing before the value itself.
   * @throws {MalformedError} when the value is not described, or not by a number.
   */
  readDescriptor(): number {
    if (this.bytes.readUInt8(this.offset) !== 0) throw new MalformedError("A message section is not described.");
    this.offset++;
    const descriptor = this.read();
    if (typeof descriptor !== "number") throw new MalformedError("A message section's descriptor is not a number.");
    return descriptor;
  }

  /**
   * Enters a list or map and returns how many elements follow.
   * @throws {MalformedError} when another value stands there.
   */
  readCount(): number {
    const code = this.bytes.readUInt8(this.offset++);
    switch (code) {
      case 0x45:
        return 0;
      case 0xc0:
      case 0xc1:
        this.offset += 2;
        return this.bytes.readUInt8(this.offset - 1);
      case 0xd0:
      case 0xd1:
        this.offset += 8;
        return this.bytes.readUInt32BE(this.offset - 4);
      default:
        throw new MalformedError(`A list or map was expected, 0x${code.toString(16)} was found.`);
    }
  }

  /** One primitive value. Compound and decimal values are returned as their bytes. */
  read(): AmqpValue {
    const start = this.offset;
    this.skip();
    return decode(this.bytes, start, this.offset);
  }
}

function decode(bytes: Buffer, start: number, end: number): AmqpValue {
  const at = start + 1;
  switch (bytes[start]) {
    case 0x40:
      return null;
    case 0x41:
      return true;
    case 0x42:
      return false;
    case 0x43:
    case 0x44:
      return 0;
    case 0x50:
    case 0x52:
    case 0x53:
      return bytes.readUInt8(at);
    case 0x51:
    case 0x54:
    case 0x55:
      return bytes.readInt8(at);
    case 0x56:
      return bytes.readUInt8(at) !== 0;
    case 0x60:
      return bytes.readUInt16BE(at);
    case 0x61:
      return bytes.readInt16BE(at);
    case 0x70:
      return bytes.readUInt32BE(at);
    case 0x71:
      return bytes.readInt32BE(at);
    case 0x72:
      return bytes.readFloatBE(at);
    case 0x73:
      return String.fromCodePoint(Math.min(bytes.readUInt32BE(at), 0x10ffff));
    case 0x80:
      return narrow(bytes.readBigUInt64BE(at));
    case 0x81:
      return narrow(bytes.readBigInt64BE(at));
    case 0x82:
      return bytes.readDoubleBE(at);
    case 0x83:
      return new Date(Number(bytes.readBigInt64BE(at)));
    case 0x98:
      return uuidText(bytes.subarray(at, end));
    case 0xa0:
      return bytes.subarray(start + 2, end);
    case 0xb0:
      return bytes.subarray(start + 5, end);
    case 0xa1:
    case 0xa3:
      return bytes.toString("utf8", start + 2, end);
    case 0xb1:
    case 0xb3:
      return bytes.toString("utf8", start + 5, end);
    default:
      return bytes.subarray(start, end);
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The usual text of a uuid's sixteen bytes. */
function uuidText(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
