/** Values of a tensor, row-major. BOOL as bytes of 0 and 1. */
export type Values =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

interface DatatypeRow {
  /** ONNX Runtime's name of the type. */
  readonly onnx: string;
  readonly bytes: number;
  readonly kind: "boolean" | "integer" | "long" | "float";
  /** Smallest and largest value of an integer. */
  readonly range?: readonly [number, number];
  readonly create: (length: number) => Values;
  /** A view of little-endian bytes; the offset is a multiple of the size. */
  readonly view: (buffer: ArrayBuffer, length: number) => Values;
}

/** The datatypes of the Open Inference Protocol that this server takes and gives. */
export const datatypes = {
  BOOL: {
    onnx: "bool",
    bytes: 1,
    kind: "boolean",
    create: (length) => new Uint8Array(length),
    view: (buffer, length) => new Uint8Array(buffer, 0, length),
  },
  UINT8: {
    onnx: "uint8",
    bytes: 1,
    kind: "integer",
    range: [0, 255],
    create: (length) => new Uint8Array(length),
    view: (buffer, length) => new Uint8Array(buffer, 0, length),
  },
  UINT16: {
    onnx: "uint16",
    bytes: 2,
    kind: "integer",
    range: [0, 65_535],
    create: (length) => new Uint16Array(length),
    view: (buffer, length) => new Uint16Array(buffer, 0, length),
  },
  UINT32: {
    onnx: "uint32",
    bytes: 4,
    kind: "integer",
    range: [0, 4_294_967_295],
    create: (length) => new Uint32Array(length),
    view: (buffer, length) => new Uint32Array(buffer, 0, length),
  },
  UINT64: {
    onnx: "uint64",
    bytes: 8,
    kind: "long",
    range: [0, Number.MAX_SAFE_INTEGER],
    create: (length) => new BigUint64Array(length),
    view: (buffer, length) => new BigUint64Array(buffer, 0, length),
  },
  INT8: {
    onnx: "int8",
    bytes: 1,
    kind: "integer",
    range: [-128, 127],
    create: (length) => new Int8Array(length),
    view: (buffer, length) => new Int8Array(buffer, 0, length),
  },
  INT16: {
    onnx: "int16",
    bytes: 2,
    kind: "integer",
    range: [-32_768, 32_767],
    create: (length) => new Int16Array(length),
    view: (buffer, length) => new Int16Array(buffer, 0, length),
  },
  INT32: {
    onnx: "int32",
    bytes: 4,
    kind: "integer",
    range: [-2_147_483_648, 2_147_483_647],
    create: (length) => new Int32Array(length),
    view: (buffer, length) => new Int32Array(buffer, 0, length),
  },
  INT64: {
    onnx: "int64",
    bytes: 8,
    kind: "long",
    range: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    create: (length) => new BigInt64Array(length),
    view: (buffer, length) => new BigInt64Array(buffer, 0, length),
  },
  FP32: {
    onnx: "float32",
    bytes: 4,
    kind: "float",
    create: (length) => new Float32Array(length),
    view: (buffer, length) => new Float32Array(buffer, 0, length),
  },
  FP64: {
    onnx: "float64",
    bytes: 8,
    kind: "float",
    create: (length) => new Float64Array(length),
    view: (buffer, length) => new Float64Array(buffer, 0, length),
  },
} as const satisfies Record<string, DatatypeRow>;

export type Datatype = keyof typeof datatypes;

/** The row of a datatype, with every optional field in its type. */
export const datatypeRow = (datatype: Datatype): DatatypeRow => datatypes[datatype];

/** The protocol's name of an ONNX type; undefined for strings, half floats and what else this server does not carry. */
export function datatypeOf(onnx: string): Datatype | undefined {
  return (Object.keys(datatypes) as Datatype[]).find((name) => datatypes[name].onnx === onnx);
}
