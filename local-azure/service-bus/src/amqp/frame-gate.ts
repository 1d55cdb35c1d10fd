import { MalformedError } from "./malformed-error.ts";
import { scanValue } from "./scan.ts";

export const maxFrameSize = 64 * 1024;
const headerBytes = 8;
const smallestFrameBytes = 8;
/** Type codes of the nine performatives of AMQP and the five of SASL. */
const describedConstructor = 0x00;

/**
 * Cuts a stream of bytes into whole frames and lets only well-formed ones through, so that nothing behind it needs to
 * fear its input. Protocol headers (`AMQP` and four bytes) pass as they are.
 */
export class FrameGate {
  #held: Buffer = Buffer.alloc(0);

  /**
   * The whole frames that have come so far; may be empty.
   * @throws {MalformedError} when what came is no frame, or a larger one than is allowed.
   */
  push(chunk: Buffer): Buffer {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    let offset = 0;
    for (;;) {
      const size = sizeAt(bytes, offset);
      if (size === undefined || bytes.length - offset < size) break;
      check(bytes, offset, offset + size);
      offset += size;
    }
    this.#held = bytes.subarray(offset);
    return bytes.subarray(0, offset);
  }
}

function sizeAt(bytes: Buffer, offset: number): number | undefined {
  if (bytes.length - offset < 4) return undefined;
  if (isProtocolHeader(bytes, offset)) return headerBytes;
  const size = bytes.readUInt32BE(offset);
  if (size < smallestFrameBytes || size > maxFrameSize) {
    throw new MalformedError(`A frame of ${size} bytes came; ${smallestFrameBytes} to ${maxFrameSize} are allowed.`);
  }
  return size;
}

function isProtocolHeader(bytes: Buffer, offset: number): boolean {
  return bytes.readUInt32BE(offset) === 0x414d5150; // "AMQP": far larger than a frame may be
}

function check(bytes: Buffer, start: number, end: number): void {
  if (isProtocolHeader(bytes, start)) return;
  const dataOffset = bytes.readUInt8(start + 4) * 4;
  if (dataOffset < headerBytes || start + dataOffset > end) {
    throw new MalformedError("A frame's data offset lies outside the frame.");
  }
  const body = start + dataOffset;
  if (body === end) return;
  if (bytes.readUInt8(body) !== describedConstructor)
    throw new MalformedError("A frame does not begin with a performative.");
  scanValue(bytes, body, end);
  checkPerformative(bytes, body);
}

/** A performative is a list under a small ulong: `rhea` would take other things for one and stumble later. */
function checkPerformative(bytes: Buffer, body: number): void {
  const descriptor = bytes.readUInt8(body + 1);
  if (descriptor !== 0x53 && descriptor !== 0x80) throw new MalformedError("A performative's descriptor is no ulong.");
  const code = descriptor === 0x53 ? bytes.readUInt8(body + 2) : bytes.readUInt8(body + 9);
  const isKnown = (code >= 0x10 && code <= 0x18) || (code >= 0x40 && code <= 0x44);
  if (!isKnown) throw new MalformedError(`0x${code.toString(16)} is no performative.`);
  const list = bytes.readUInt8(descriptor === 0x53 ? body + 3 : body + 10);
  if (list !== 0x45 && list !== 0xc0 && list !== 0xd0) throw new MalformedError("A performative is not a list.");
}
