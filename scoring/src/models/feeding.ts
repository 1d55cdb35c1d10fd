import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { ModelShape } from "./model.ts";

type TensorMetadata = Extract<InferenceSession.ValueMetadata, { readonly isTensor: true }>;

/** How rows become what a model takes. */
export interface Feeding {
  /** The name of its input; of several, all of them. */
  readonly input: string;
  /** @param features rows × F, row-major. */
  feeds(features: Float32Array, rows: number): Record<string, Tensor>;
}

const isFloat = ({ type }: TensorMetadata): boolean => type === "float32" || type === "float64";
const isDynamic = (size: number | string | undefined): boolean => typeof size === "string";

function tensorOf(type: string, values: Float32Array, shape: readonly number[]): Tensor {
  const data = type === "float64" ? Float64Array.from(values) : values;
  return new Tensor(type as "float32", data as Float32Array, shape);
}

/** All features in one input, [N, F]. */
function whole(input: TensorMetadata, { features }: ModelShape): Feeding | undefined {
  const [batch, width, ...more] = input.shape;
  if (!isFloat(input) || !isDynamic(batch) || more.length > 0) return undefined;
  if (width !== features && !isDynamic(width)) return undefined;
  return {
    input: input.name,
    feeds: (values, rows) => ({ [input.name]: tensorOf(input.type, values, [rows, features]) }),
  };
}

/** Each feature in an input of its name, [N] or [N, 1]. */
function byName(inputs: readonly TensorMetadata[], { names, features }: ModelShape): Feeding | undefined {
  const places = inputs.map(({ name }) => names?.indexOf(name) ?? -1);
  const fit = inputs.every(
    (input) =>
      isFloat(input) && isDynamic(input.shape[0]) && (input.shape.length === 1 || input.shape.slice(1).join() === "1"),
  );
  if (!fit || places.includes(-1) || inputs.length !== features) return undefined;
  return {
    input: inputs.map(({ name }) => name).join(", "),
    feeds: (values, rows) =>
      Object.fromEntries(
        inputs.map(({ name, type, shape }, index) => {
          const place = places[index] ?? 0;
          const column = Float32Array.from({ length: rows }, (_, row) => values[row * features + place] ?? Number.NaN);
          return [name, tensorOf(type, column, shape.length === 1 ? [rows] : [rows, 1])];
        }),
      ),
  };
}

/** How a model of these inputs is given rows; undefined where it cannot be. */
export function feedingOf(inputs: readonly InferenceSession.ValueMetadata[], shape: ModelShape): Feeding | undefined {
  const tensors = inputs.filter((input) => input.isTensor);
  const [first] = tensors;
  if (!first || tensors.length !== inputs.length) return undefined;
  return (tensors.length === 1 ? whole(first, shape) : undefined) ?? (shape.names ? byName(tensors, shape) : undefined);
}
