import { type Datatype, datatypeRow, type Values } from "./datatypes.ts";
import { badRequest } from "./errors.ts";

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
      `${headerLengthField} is ${JSON.stringify(headerLength)}; it must be the length of the JSON within a body of ${body.byteLength} bytes`,
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

export function binaryReader(bytes: Uint8Array): BinaryReader {
  let offset = 0;
  return {
    take(name, datatype, size, binaryDataSize) {
      const row = datatypeRow(datatype);
      const needed = size * row.bytes;
      if (binaryDataSize !== needed)
        throw badRequest(
          `input ${name}: binary_data_size is ${JSON.stringify(binaryDataSize)}; ${size} values of ${datatype} are ${needed} bytes`,
        );
      if (offset + needed > bytes.byteLength)
        throw badRequest(`input ${name}: the body ends after ${bytes.byteLength - offset} of its ${needed} bytes`);
      // A copy of its own: typed arrays need an aligned start, and the body may be released.
      const copy = new Uint8Array(needed);
      copy.set(bytes.subarray(offset, offset + needed));
      offset += needed;
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

/** Values as bytes. */
export const writeBinary = (values: Values): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
