import { type Datatype, datatypeRow, type Values } from "./datatypes.ts";
import { badRequest } from "./errors.ts";
import { shown } from "./tensors.ts";

/**
 * The binary tensor extension: after the JSON, the bytes of the tensors in the order of the JSON, little-endian and
 * row-major, without padding. Every platform that runs ONNX Runtime for Node is little-endian.
 */
export const headerLengthField = "Inference-Header-Content-Length";

/** A request's body as its JSON and the bytes behind it. */
export interface SplitBody {
  readonly json: Uint8Array;
  readonly tensors: Uint8Array;
}

/**
 * Splits a body at the length that the header names.
 * @throws {InferenceError} when the header is no length within the body (400).
 */
export function splitBody(body: Uint8Array, headerLength: string): SplitBody {
  const length = /^\d+$/.test(headerLength) ? Number(headerLength) : Number.NaN;
  if (!(length <= body.byteLength))
    throw badRequest(
      `${headerLengthField} is ${shown(headerLength)}; it must be the length of the JSON within a body of ${body.byteLength} bytes`,
    );
  return { json: body.subarray(0, length), tensors: body.subarray(length) };
}

/** Takes the tensors of a body one after the other. */
export interface BinaryReader {
  /** @throws {InferenceError} when the size is not the tensor's or the body ends too early (400). */
  take(name: string, datatype: Datatype, size: number, binaryDataSize: unknown): Values;
  /** @throws {InferenceError} when bytes are left over (400). */
  end(): void;
}

/** The bytes before each text: how long it is, as UINT32. */
const lengthBytes = 4;

/** @throws {InferenceError} when the bytes are not as many texts in UTF-8 (400). */
function readTexts(name: string, size: number, bytes: Uint8Array): readonly string[] {
  const wrong = (why: string) =>
    badRequest(`input ${name}: BYTES are texts in UTF-8, each after its length in 4 bytes; ${why}`);
  if (size * lengthBytes > bytes.byteLength)
    throw wrong(`${bytes.byteLength} bytes are too few for the ${size} of its shape`);
  const lengths = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const texts = new Array<string>(size);
  let at = 0;
  for (let index = 0; index < size; index += 1) {
    const from = at + lengthBytes;
    const to = from <= bytes.byteLength ? from + lengths.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (to > bytes.byteLength) throw wrong(`text ${index} is longer than what is there`);
    try {
      texts[index] = decoder.decode(bytes.subarray(from, to));
    } catch {
      throw wrong(`text ${index} is no UTF-8`);
    }
    at = to;
  }
  if (at !== bytes.byteLength) throw wrong(`${bytes.byteLength - at} bytes are left after the ${size} of its shape`);
  return texts;
}

export function binaryReader(bytes: Uint8Array): BinaryReader {
  let offset = 0;
  const taken = (name: string, length: number): Uint8Array => {
    const left = bytes.byteLength - offset;
    if (length > left) throw badRequest(`input ${name}: the body ends after ${left} of its ${length} bytes`);
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  return {
    take(name, datatype, size, binaryDataSize) {
      const row = datatypeRow(datatype);
      if (!Number.isSafeInteger(binaryDataSize) || Number(binaryDataSize) < 0)
        throw badRequest(
          `input ${name}: binary_data_size is ${shown(binaryDataSize)}; it must be how many bytes the tensor has`,
        );
      const length = Number(binaryDataSize);
      if (row.kind === "text") return readTexts(name, size, taken(name, length));
      if (length !== size * row.bytes)
        throw badRequest(
          `input ${name}: binary_data_size is ${length}; ${size} values of ${datatype} are ${size * row.bytes} bytes`,
        );
      // A copy of its own: typed arrays need an aligned start, and the body may be released.
      const copy = new Uint8Array(taken(name, length));
      if (row.kind === "boolean" && copy.some((value) => value > 1))
        throw badRequest(`input ${name}: a BOOL is a byte of 0 or 1`);
      return row.view(copy.buffer, size);
    },
    end() {
      const left = bytes.byteLength - offset;
      if (left > 0) throw badRequest(`the body has ${left} bytes that no input's binary_data_size accounts for`);
    },
  };
}

function writeTexts(texts: readonly string[]): Uint8Array {
  const encoded = texts.map((text) => Buffer.from(text));
  const bytes = Buffer.alloc(encoded.reduce((size, text) => size + lengthBytes + text.byteLength, 0));
  let at = 0;
  for (const text of encoded) {
    at = bytes.writeUInt32LE(text.byteLength, at);
    at += text.copy(bytes, at);
  }
  return bytes;
}

/** Values as bytes. */
export const writeBinary = (values: Values): Uint8Array =>
  ArrayBuffer.isView(values) ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength) : writeTexts(values);
