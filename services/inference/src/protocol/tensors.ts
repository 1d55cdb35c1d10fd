import type { Datatype, Values } from "./datatypes.ts";
import { badRequest } from "./errors.ts";

/** A tensor of a request or an answer. */
export interface Tensor {
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly values: Values;
}

/** What a model takes or gives under a name. -1 stands for any size. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/** How many values a tensor of this shape has. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, dimension) => size * dimension, 1);

/**
 * Holds a request's tensor to what the model takes.
 * @throws {InferenceError} when it does not fit (400); it names input, what came and what is expected.
 */
export function checkTensor(expected: TensorMetadata, datatype: unknown, shape: unknown): readonly number[] {
  const { name } = expected;
  if (datatype === "BYTES")
    throw badRequest(`input ${name}: BYTES is not supported; the model takes ${expected.datatype}`);
  if (datatype !== expected.datatype)
    throw badRequest(`input ${name}: datatype is ${JSON.stringify(datatype)}; the model takes ${expected.datatype}`);
  const fits =
    Array.isArray(shape) &&
    shape.length === expected.shape.length &&
    shape.every((dimension) => Number.isSafeInteger(dimension) && dimension > 0) &&
    expected.shape.every((dimension, axis) => dimension === -1 || dimension === shape[axis]);
  if (!fits)
    throw badRequest(
      `input ${name}: shape is ${JSON.stringify(shape)}; the model takes ${JSON.stringify(expected.shape)}, -1 being any size from 1`,
    );
  return shape;
}
