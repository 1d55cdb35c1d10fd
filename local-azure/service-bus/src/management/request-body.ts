import { type AmqpValue, Cursor } from "../amqp/read.ts";
import { fixedWidth, isWide } from "../amqp/scan.ts";
import { InvalidRequestError } from "../errors.ts";

/** A map in the body of a management request, read as the operation asks for it, each value in its own encoding. */
export class RequestBody {
  readonly #values: ReadonlyMap<string, Buffer>;

  constructor(values: ReadonlyMap<string, Buffer>) {
    this.#values = values;
  }

  /** Reads a map's bytes; anything else is an empty body. */
  static of(bytes: Buffer | undefined): RequestBody {
    return new RequestBody(bytes ? mapOf(bytes) : new Map());
  }

  /** The raw values by name; nulls are left out. */
  get entries(): ReadonlyMap<string, Buffer> {
    return new Map([...this.#values].filter(([, value]) => value[0] !== 0x40));
  }

  value(name: string): AmqpValue {
    const bytes = this.#values.get(name);
    return bytes ? new Cursor(bytes).read() : null;
  }

  text(name: string): string {
    return this.optionalText(name) ?? missing(name, "a string");
  }

  optionalText(name: string): string | undefined {
    const value = this.value(name);
    return value === null ? undefined : String(value);
  }

  number(name: string): number {
    return this.optionalNumber(name) ?? missing(name, "a number");
  }

  optionalNumber(name: string): number | undefined {
    const value = this.value(name);
    return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
  }

  binary(name: string): Buffer | undefined {
    const value = this.value(name);
    return Buffer.isBuffer(value) ? value : undefined;
  }

  numbers(name: string): readonly number[] {
    return this.#elements(name).map((bytes) => Number(new Cursor(bytes).read()));
  }

  /** Uuids as hexadecimal text without dashes. */
  uuids(name: string): readonly string[] {
    return this.#elements(name).map((bytes) => bytes.subarray(-16).toString("hex"));
  }

  map(name: string): RequestBody | undefined {
    const bytes = this.#values.get(name);
    return bytes && bytes[0] !== 0x40 ? RequestBody.of(bytes) : undefined;
  }

  maps(name: string): readonly RequestBody[] {
    return this.#elements(name).map((bytes) => RequestBody.of(bytes));
  }

  #elements(name: string): readonly Buffer[] {
    const bytes = this.#values.get(name);
    return bytes ? elementsOfValue(bytes) : missing(name, "a list");
  }
}

function missing(name: string, kind: string): never {
  throw new InvalidRequestError(`The request needs ${kind} under '${name}'.`);
}

function mapOf(bytes: Buffer): ReadonlyMap<string, Buffer> {
  if (bytes[0] !== 0xc1 && bytes[0] !== 0xd1) return new Map();
  const cursor = new Cursor(bytes);
  const count = cursor.readCount();
  const values = new Map<string, Buffer>();
  for (let index = 0; index + 1 < count; index += 2) {
    const key = String(cursor.read());
    const start = cursor.offset;
    cursor.skip();
    values.set(key, bytes.subarray(start, cursor.offset));
  }
  return values;
}

/** The elements of a list or of an array, each with a constructor of its own. */
function elementsOfValue(bytes: Buffer): readonly Buffer[] {
  const code = bytes.readUInt8(0);
  if (code !== 0xe0 && code !== 0xf0) return listElements(bytes);
  const wide = isWide(code);
  const count = wide ? bytes.readUInt32BE(5) : bytes.readUInt8(2);
  let offset = wide ? 9 : 3;
  const typeCode = bytes.readUInt8(offset++);
  if (typeCode === 0) throw new InvalidRequestError("An array of described values is not expected here.");
  return Array.from({ length: count }, () => {
    const start = offset;
    const width = fixedWidth(typeCode);
    if (width !== undefined) offset += width;
    else offset += isWide(typeCode) ? 4 + bytes.readUInt32BE(offset) : 1 + bytes.readUInt8(offset);
    return Buffer.concat([Buffer.from([typeCode]), bytes.subarray(start, offset)]);
  });
}

function listElements(bytes: Buffer): readonly Buffer[] {
  const cursor = new Cursor(bytes);
  const count = cursor.readCount();
  return Array.from({ length: count }, () => {
    const start = cursor.offset;
    cursor.skip();
    return bytes.subarray(start, cursor.offset);
  });
}
