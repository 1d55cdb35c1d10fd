import { type BinaryReader, binaryReader, splitBody } from "./binary.ts";
import { badRequest } from "./errors.ts";
import { readJsonData } from "./json-data.ts";
import { checkTensor, sizeOf, type Tensor, type TensorMetadata } from "./tensors.ts";

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
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** The outputs to answer with, in this order. */
  readonly outputs: readonly RequestedOutput[];
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parametersOf(value: JsonObject, where: string): JsonObject {
  const { parameters = {} } = value;
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

function readInput(input: JsonObject, expected: TensorMetadata, binary: BinaryReader): Tensor {
  const shape = checkTensor(expected, input["datatype"], input["shape"]);
  const { name, datatype } = expected;
  const { binary_data_size: binarySize } = parametersOf(input, `input ${name}`);
  const size = sizeOf(shape);
  if (binarySize === undefined) return { datatype, shape, values: readJsonData(name, datatype, size, input["data"]) };
  if (input["data"] !== undefined) throw badRequest(`input ${name}: has both data and binary_data_size; give one`);
  return { datatype, shape, values: binary.take(name, datatype, size, binarySize) };
}

function readInputs(value: unknown, model: ModelTensors, binary: BinaryReader): Readonly<Record<string, Tensor>> {
  const inputs: Record<string, Tensor> = {};
  for (const input of objectsIn(value, "inputs")) {
    const expected = model.inputs.find(({ name }) => name === input.name);
    if (!expected) throw badRequest(`there is no input ${input.name}; the model takes ${names(model.inputs)}`);
    if (Object.hasOwn(inputs, input.name)) throw badRequest(`input ${input.name} is given twice`);
    inputs[input.name] = readInput(input, expected, binary);
  }
  binary.end();
  const missing = model.inputs.filter(({ name }) => !Object.hasOwn(inputs, name));
  if (missing.length > 0) throw badRequest(`input ${names(missing)} is missing`);
  return inputs;
}

function readOutputs(value: unknown, model: ModelTensors, binaryByDefault: boolean): readonly RequestedOutput[] {
  if (value === undefined) return model.outputs.map(({ name }) => ({ name, binary: binaryByDefault }));
  return objectsIn(value, "outputs").map((output) => {
    if (!model.outputs.some(({ name }) => name === output.name))
      throw badRequest(`there is no output ${output.name}; the model gives ${names(model.outputs)}`);
    const { binary_data: binary = binaryByDefault } = parametersOf(output, `output ${output.name}`);
    if (typeof binary !== "boolean") throw badRequest(`output ${output.name}: binary_data must be true or false`);
    return { name: output.name, binary };
  });
}

function parseJson(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw badRequest(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(value)) throw badRequest("the body must be a JSON object with inputs");
  return value;
}

/**
 * An inference request, held to what the model takes.
 * @param headerLength the header `Inference-Header-Content-Length`, where the request has it.
 * @throws {InferenceError} when the request is not what the model takes (400); it names what is wrong and what is expected.
 */
export function parseInferRequest(
  body: Uint8Array,
  headerLength: string | undefined,
  model: ModelTensors,
): InferRequest {
  const { json, tensors } =
    headerLength === undefined ? { json: body, tensors: new Uint8Array(0) } : splitBody(body, headerLength);
  const request = parseJson(json);
  const { id } = request;
  if (id !== undefined && typeof id !== "string") throw badRequest("id must be a string");
  const { binary_data_output: binary = false } = parametersOf(request, "the request");
  if (typeof binary !== "boolean") throw badRequest("binary_data_output must be true or false");
  return {
    id,
    inputs: readInputs(request["inputs"], model, binaryReader(tensors)),
    outputs: readOutputs(request["outputs"], model, binary),
  };
}
