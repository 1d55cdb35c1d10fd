import { type BinaryReader, binaryReader, splitBody } from "./binary.ts";
import { badRequest, InferenceError, tooLarge } from "./errors.ts";
import { readJsonData } from "./json-data.ts";
import { jsonWeight } from "./json-weight.ts";
import { checkTensor, shown, sizeOf, type Tensor, type TensorMetadata, type Tensors } from "./tensors.ts";

/** What a model takes and gives. */
export interface ModelTensors {
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

interface RequestedOutput {
  readonly name: string;
  readonly binary: boolean;
}

export interface InferRequest {
  readonly id: string | undefined;
  readonly inputs: Tensors;
  /** The outputs to answer with, in this order. */
  readonly outputs: readonly RequestedOutput[];
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** A body that is JSON, and what follows it. */
export interface RequestBody {
  readonly request: JsonObject;
  /** The bytes of tensors behind the JSON. */
  readonly tensors: Uint8Array;
  /** How many bytes the JSON had. */
  readonly jsonBytes: number;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Some clients write null for what they leave out. */
const given = (value: JsonObject, field: string): unknown => value[field] ?? undefined;

function parametersOf(value: JsonObject, where: string): JsonObject {
  const parameters = given(value, "parameters") ?? {};
  if (!isObject(parameters)) throw badRequest(`${where}: parameters must be an object`);
  return parameters;
}

function objectsIn(value: unknown, field: string): readonly (JsonObject & { readonly name: string })[] {
  if (!Array.isArray(value)) throw badRequest(`${field} must be an array of objects with a name each`);
  return value.map((item: unknown, index) => {
    if (!isObject(item) || typeof item["name"] !== "string")
      throw badRequest(`${field}[${index}] must be an object with a name`);
    return { ...item, name: item["name"] };
  });
}

const names = (tensors: readonly TensorMetadata[]) => tensors.map(({ name }) => name).join(", ");

/** How many values a JSON text may have at most: each takes a character, and a comma but for the last. */
const mostValues = (jsonBytes: number): number => Math.ceil(jsonBytes / 2);

function readInput(input: JsonObject, expected: TensorMetadata, jsonBytes: number, binary: BinaryReader): Tensor {
  const shape = checkTensor(expected, input["datatype"], input["shape"]);
  const { name, datatype } = expected;
  const { binary_data_size: binarySize, shared_memory_region: shared } = parametersOf(input, `input ${name}`);
  if (shared !== undefined) throw badRequest(`input ${name}: shared memory is not supported; send the tensor's data`);
  if (binarySize === undefined)
    return { datatype, shape, values: readJsonData(name, datatype, shape, input["data"], mostValues(jsonBytes)) };
  if (given(input, "data") !== undefined)
    throw badRequest(`input ${name}: has both data and binary_data_size; give one`);
  return { datatype, shape, values: binary.take(name, datatype, sizeOf(shape), binarySize) };
}

function readInputs(
  value: unknown,
  model: ModelTensors,
  { tensors, jsonBytes }: RequestBody,
  mostRows: number,
): Tensors {
  const inputs = new Map<string, Tensor>();
  const binary = binaryReader(tensors);
  for (const input of objectsIn(value, "inputs")) {
    const expected = model.inputs.find(({ name }) => name === input.name);
    if (!expected) throw badRequest(`there is no input ${shown(input.name)}; the model takes ${names(model.inputs)}`);
    if (inputs.has(input.name)) throw badRequest(`input ${input.name} is given twice`);
    const tensor = readInput(input, expected, jsonBytes, binary);
    if ((tensor.shape[0] ?? 1) > mostRows)
      throw tooLarge(
        `input ${input.name}: ${tensor.shape[0]} rows are more than ${mostRows} at once; send several requests`,
      );
    inputs.set(input.name, tensor);
  }
  binary.end();
  const missing = model.inputs.filter(({ name }) => !inputs.has(name));
  if (missing.length > 0) throw badRequest(`input ${names(missing)} is missing`);
  return Object.fromEntries(inputs);
}

function readOutputs(value: unknown, model: ModelTensors, binaryByDefault: boolean): readonly RequestedOutput[] {
  const asked = value === undefined ? [] : objectsIn(value, "outputs");
  if (asked.length === 0) return model.outputs.map(({ name }) => ({ name, binary: binaryByDefault }));
  return asked.map((output) => {
    if (!model.outputs.some(({ name }) => name === output.name))
      throw badRequest(`there is no output ${shown(output.name)}; the model gives ${names(model.outputs)}`);
    const parameters = parametersOf(output, `output ${output.name}`);
    const { binary_data: binary = binaryByDefault } = parameters;
    if (typeof binary !== "boolean") throw badRequest(`output ${output.name}: binary_data must be true or false`);
    for (const unsupported of ["classification", "shared_memory_region"])
      if (parameters[unsupported] !== undefined)
        throw badRequest(`output ${output.name}: this server has no extension for ${unsupported}`);
    return { name: output.name, binary };
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Integers of so many digits may be more than a double carries. */
const longInteger = /\d{16}/;

/**
 * What parsing one body may take of memory, in bytes: less than a thread's heap has, since beyond that V8 ends the whole process,
 * and not the thread alone. 64 MiB of numbers take half of it; as many empty objects would take twice as much.
 */
const mostParsed = 768 * 1024 * 1024;

/** JSON as usual, but that integers which a double does not carry exactly keep all their digits. */
function parseExactly(bytes: Uint8Array): unknown {
  const text = utf8.decode(bytes);
  const isExact = longInteger.test(text);
  if (jsonWeight(bytes, isExact) > mostParsed)
    throw tooLarge("the body has too many values to be read at once: send fewer rows, or tensors as binary data");
  if (!isExact) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    const source = context?.source;
    const inexact = typeof value === "number" && !Number.isSafeInteger(value) && Number.isInteger(value);
    return inexact && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
  });
}

function parseJson(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = parseExactly(bytes);
  } catch (error) {
    if (error instanceof InferenceError) throw error;
    throw badRequest(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(value)) throw badRequest("the body must be a JSON object with inputs");
  return value;
}

/**
 * The body of an inference request, as JSON and what follows it.
 * @param headerLength the header `Inference-Header-Content-Length`, where the request has it.
 * @throws {InferenceError} when it is no JSON object, or the header is no length within it (400).
 */
export function readRequestBody(body: Uint8Array, headerLength: string | undefined): RequestBody {
  const { json, tensors } =
    headerLength === undefined ? { json: body, tensors: new Uint8Array(0) } : splitBody(body, headerLength);
  return { request: parseJson(json), tensors, jsonBytes: json.byteLength };
}

/**
 * The id of a request, which its answer repeats.
 * @throws {InferenceError} when it is no text (400).
 */
export function idOf(request: JsonObject): string | undefined {
  const id = given(request, "id");
  if (id !== undefined && typeof id !== "string") throw badRequest("id must be a string");
  return id;
}

/**
 * An inference request of tensors, held to what the model takes.
 * @param mostRows how many rows it may have.
 * @throws {InferenceError} when the request is not what the model takes (400) or has too many rows (413); it names what is
 * wrong and what is expected.
 */
export function parseInferRequest(
  body: RequestBody,
  model: ModelTensors,
  mostRows = Number.POSITIVE_INFINITY,
): InferRequest {
  const { request } = body;
  const id = idOf(request);
  const { binary_data_output: binary = false } = parametersOf(request, "the request");
  if (typeof binary !== "boolean") throw badRequest("binary_data_output must be true or false");
  return {
    id,
    inputs: readInputs(request["inputs"], model, body, mostRows),
    outputs: readOutputs(given(request, "outputs"), model, binary),
  };
}
