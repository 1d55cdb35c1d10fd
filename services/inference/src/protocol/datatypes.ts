/** Values of a tensor, row-major. BOOL as bytes of 0 and 1, BYTES as texts. */
export type Values =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float16Array
  | Float32Array
  | Float64Array
  | readonly string[];

/** Values of one size each. */
type NumericValues = Exclude<Values, readonly string[]>;

interface NumericRow {
  /** ONNX Runtime's name of the type. */
  readonly onnx: string;
  readonly kind: "boolean" | "integer" | "long" | "float";
  /** Bytes of a value. */
  readonly bytes: number;
  /** Smallest and largest value of an integer of up to 32 bits. */
  readonly range: readonly [number, number];
  readonly create: (length: number) => NumericValues;
  /** A view of little-endian bytes; the offset is a multiple of the size. */
  readonly view: (buffer: ArrayBuffer, length: number) => NumericValues;
}

interface TextRow {
  readonly onnx: "string";
  readonly kind: "text";
}

export type DatatypeRow = NumericRow | TextRow;

interface ValuesClass {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): NumericValues;
  new (buffer: ArrayBuffer, offset: number, length: number): NumericValues;
}

const numeric = (
  onnx: string,
  kind: NumericRow["kind"],
  of: ValuesClass,
  range: readonly [number, number] = [0, 0],
): NumericRow => ({
  onnx,
  kind,
  bytes: of.BYTES_PER_ELEMENT,
  range,
  create: (length) => new of(length),
  view: (buffer, length) => new of(buffer, 0, length),
});

/** The datatypes of the Open Inference Protocol that ONNX has too: all but BF16, which ONNX Runtime does not take from Node. */
export const datatypes = {
  BOOL: numeric("bool", "boolean", Uint8Array),
  UINT8: numeric("uint8", "integer", Uint8Array, [0, 255]),
  UINT16: numeric("uint16", "integer", Uint16Array, [0, 65_535]),
  UINT32: numeric("uint32", "integer", Uint32Array, [0, 4_294_967_295]),
  UINT64: numeric("uint64", "long", BigUint64Array),
  INT8: numeric("int8", "integer", Int8Array, [-128, 127]),
  INT16: numeric("int16", "integer", Int16Array, [-32_768, 32_767]),
  INT32: numeric("int32", "integer", Int32Array, [-2_147_483_648, 2_147_483_647]),
  INT64: numeric("int64", "long", BigInt64Array),
  FP16: numeric("float16", "float", Float16Array),
  FP32: numeric("float32", "float", Float32Array),
  FP64: numeric("float64", "float", Float64Array),
  BYTES: { onnx: "string", kind: "text" },
} as const satisfies Record<string, DatatypeRow>;

export type Datatype = keyof typeof datatypes;

export const datatypeRow = (datatype: Datatype): DatatypeRow => datatypes[datatype];

/** The protocol's name of an ONNX type; undefined for what this server does not carry. */
export function datatypeOf(onnx: string): Datatype | undefined {
  return (Object.keys(datatypes) as Datatype[]).find((name) => datatypes[name].onnx === onnx);
}

/** Values of nothing yet. */
export function createValues(datatype: Datatype, length: number): Values {
  const row = datatypeRow(datatype);
  return row.kind === "text" ? new Array<string>(length).fill("") : row.create(length);
}
