import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { type Datatype, datatypeOf, datatypeRow, datatypes, type Values } from "../protocol/datatypes.ts";
import type { ModelTensors } from "../protocol/request.ts";
import type { TensorMetadata, Tensors } from "../protocol/tensors.ts";
import { UnservableModelError } from "./unservable.ts";

/** A model that is loaded. */
export interface LoadedModel extends ModelTensors {
  /** Computes every output. Blocks the thread while it computes. */
  run(inputs: Tensors): Promise<Tensors>;
  release(): Promise<void>;
}

function describe(tensors: readonly InferenceSession.ValueMetadata[]): readonly TensorMetadata[] {
  return tensors.map((tensor) => {
    const datatype = tensor.isTensor ? datatypeOf(tensor.type) : undefined;
    if (!tensor.isTensor || !datatype)
      throw new UnservableModelError(
        `${tensor.name} is ${tensor.isTensor ? tensor.type : "no tensor"}; this server carries ${Object.keys(datatypes).join(", ")}: export the model with one of them`,
      );
    return { name: tensor.name, datatype, shape: tensor.shape.map((size) => (typeof size === "number" ? size : -1)) };
  });
}

function onnxTensor(datatype: Datatype, values: Values, shape: readonly number[]): OnnxTensor {
  if (datatype !== "FP16")
    return new OnnxTensor(datatypeRow(datatype).onnx as "float32", values as Float32Array, shape);
  // onnxruntime-node reads half floats as bytes of UINT16 only, and its Tensor makes a Float16Array of them, which it then
  // takes for empty.
  const halves = values as Float16Array;
  const bits = new Uint16Array(halves.buffer, halves.byteOffset, halves.length);
  return Object.defineProperty(new OnnxTensor("uint16", bits, shape), "type", { value: "float16" });
}

/**
 * Loads an ONNX model. One thread: small models cost more with two (the pool's hand-over outweighs the sums).
 * @throws {UnservableModelError} when it has tensors that cannot be carried.
 */
export async function openSession(onnx: Uint8Array): Promise<LoadedModel> {
  const session = await InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const outputs = describe(session.outputMetadata);
  return {
    inputs: describe(session.inputMetadata),
    outputs,
    async run(inputs) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { datatype, shape, values }]) => [
          name,
          onnxTensor(datatype, values, shape),
        ]),
      );
      const results = await session.run(feeds, { logSeverityLevel: 4 });
      return Object.fromEntries(
        outputs.map(({ name, datatype }) => {
          const result = results[name];
          if (!result) throw new Error(`ONNX Runtime gave no output ${name}`);
          return [name, { datatype, shape: result.dims, values: result.data as Values }];
        }),
      );
    },
    release: () => session.release(),
  };
}
