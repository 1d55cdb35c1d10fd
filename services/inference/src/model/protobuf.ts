/** One field of a protobuf message: its number, and its bytes where it has a length. */
interface Field {
  readonly number: number;
  /** A number, for fields that are one. */
  readonly value: number;
  readonly bytes: Uint8Array;
}

/** Bytes that are no protobuf message. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

const none = new Uint8Array(0);

/**
 * The fields of a message, in order; of the wire format no more than ONNX has (protobuf.dev/programming-guides/encoding).
 * @throws {ProtobufError} when the bytes are no message.
 */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at];
      if (byte === undefined || factor > 2 ** 63)
        throw new ProtobufError("the bytes end, or are none, within a number");
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > message.length) throw new ProtobufError("the bytes end within a field");
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { number, value: varint(), bytes: none };
        break;
      case 1:
        yield { number, value: 0, bytes: take(8) };
        break;
      case 2:
        yield { number, value: 0, bytes: take(varint()) };
        break;
      case 5:
        yield { number, value: 0, bytes: take(4) };
        break;
      default:
        throw new ProtobufError(`a field has the unknown wire type ${tag % 8}`);
    }
  }
}
