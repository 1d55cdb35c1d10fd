import { fieldsOf, ProtobufError } from "./protobuf.ts";
import { UnservableModelError } from "./unservable.ts";

/** What a model file says of itself, besides what it computes. */
export interface OnnxFile {
  /** Its metadata, by name. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Operators that ONNX Runtime has of itself: the standard's, for classical models, its own. */
const knownDomains: ReadonlySet<string> = new Set([
  "",
  "ai.onnx",
  "ai.onnx.ml",
  "ai.onnx.preview.training",
  "com.microsoft",
  "com.microsoft.nchwc",
  "com.microsoft.experimental",
]);

/** The fields of onnx.proto that are looked at, by message. */
const model = { graph: 7, metadata: 14, functions: 25 } as const;
const graph = { node: 1, initializer: 5, sparseInitializer: 15 } as const;
const node = { operator: 4, attribute: 5, domain: 7 } as const;
const attribute = { tensor: 5, graph: 6, tensors: 10, graphs: 11, sparseTensor: 22, sparseTensors: 23 } as const;
const tensor = { name: 8, externalData: 13, dataLocation: 14 } as const;
const functionFields = { name: 1, node: 7, domain: 10 } as const;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** Graphs within graphs (of loops and branches) as deep as anybody has them. */
const deepest = 64;

function checkTensor(bytes: Uint8Array): void {
  let name = "";
  let external = false;
  for (const field of fieldsOf(bytes)) {
    if (field.number === tensor.name) name = text(field.bytes);
    if (field.number === tensor.externalData || (field.number === tensor.dataLocation && field.value === 1))
      external = true;
  }
  if (external)
    throw new UnservableModelError(
      `the tensor ${name} of model.onnx has its data in another file, which the model's digest does not cover: export the model with its weights inside (external_data=False)`,
    );
}

/** A sparse tensor's values and indices are tensors. */
function checkSparseTensor(bytes: Uint8Array): void {
  for (const field of fieldsOf(bytes)) if (field.number === 1 || field.number === 2) checkTensor(field.bytes);
}

type CheckNode = (bytes: Uint8Array, depth: number) => void;

function checkGraph(bytes: Uint8Array, depth: number, checkNode: CheckNode): void {
  if (depth > deepest) throw new UnservableModelError(`model.onnx has graphs within graphs, more than ${deepest} deep`);
  for (const field of fieldsOf(bytes)) {
    if (field.number === graph.node) checkNode(field.bytes, depth);
    if (field.number === graph.initializer) checkTensor(field.bytes);
    if (field.number === graph.sparseInitializer) checkSparseTensor(field.bytes);
  }
}

function checkAttribute(bytes: Uint8Array, depth: number, checkNode: CheckNode): void {
  for (const field of fieldsOf(bytes)) {
    if (field.number === attribute.tensor || field.number === attribute.tensors) checkTensor(field.bytes);
    if (field.number === attribute.sparseTensor || field.number === attribute.sparseTensors)
      checkSparseTensor(field.bytes);
    if (field.number === attribute.graph || field.number === attribute.graphs)
      checkGraph(field.bytes, depth + 1, checkNode);
  }
}

const nodeChecker = (functions: ReadonlySet<string>): CheckNode => {
  const checkNode: CheckNode = (bytes, depth) => {
    let operator = "";
    let domain = "";
    for (const field of fieldsOf(bytes)) {
      if (field.number === node.operator) operator = text(field.bytes);
      if (field.number === node.domain) domain = text(field.bytes);
      if (field.number === node.attribute) checkAttribute(field.bytes, depth, checkNode);
    }
    if (!knownDomains.has(domain) && !functions.has(`${domain}.${operator}`))
      throw new UnservableModelError(
        `model.onnx needs the operator ${domain}.${operator}, which ONNX Runtime has not of itself and this server loads no library for: export the model with standard operators`,
      );
  };
  return checkNode;
};

function nameOfFunction(bytes: Uint8Array): string {
  let [name, domain] = ["", ""];
  for (const field of fieldsOf(bytes)) {
    if (field.number === functionFields.name) name = text(field.bytes);
    if (field.number === functionFields.domain) domain = text(field.bytes);
  }
  return `${domain}.${name}`;
}

function entry(bytes: Uint8Array): readonly [string, string] {
  let [key, value] = ["", ""];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) key = text(field.bytes);
    if (field.number === 2) value = text(field.bytes);
  }
  return [key, value];
}

function read(onnx: Uint8Array): OnnxFile {
  const fields = [...fieldsOf(onnx)];
  const functions = fields.filter(({ number }) => number === model.functions).map(({ bytes }) => bytes);
  const checkNode = nodeChecker(new Set(functions.map(nameOfFunction)));
  for (const bytes of functions)
    for (const field of fieldsOf(bytes)) if (field.number === functionFields.node) checkNode(field.bytes, 0);
  for (const { number, bytes } of fields) if (number === model.graph) checkGraph(bytes, 0, checkNode);
  return {
    metadata: new Map(fields.filter(({ number }) => number === model.metadata).map(({ bytes }) => entry(bytes))),
  };
}

/**
 * Reads a model file without loading it, and holds it to what its digest covers: ONNX Runtime would read tensors from other
 * files, wherever they lie, and what these say could change under the same digest.
 * @throws {UnservableModelError} when it has data elsewhere, needs operators that are not ONNX Runtime's own, or is no ONNX.
 */
export function readOnnxFile(onnx: Uint8Array): OnnxFile {
  try {
    return read(onnx);
  } catch (error) {
    if (error instanceof ProtobufError) throw new UnservableModelError(`model.onnx is no ONNX model: ${error.message}`);
    throw error;
  }
}
