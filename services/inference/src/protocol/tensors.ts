import type { Datatype, Values } from "./datatypes.ts";
import { badRequest } from "./errors.ts";

/** A tensor of a request or an answer. */
export interface Tensor {
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly values: Values;
}

export type Tensors = Readonly<Record<string, Tensor>>;

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
  if (datatype !== expected.datatype)
    throw badRequest(`input ${name}: datatype is ${shown(datatype)}; the model takes ${expected.datatype}`);
  const fits =
    Array.isArray(shape) &&
    shape.length === expected.shape.length &&
    shape.every((dimension) => Number.isSafeInteger(dimension) && dimension > 0) &&
    expected.shape.every((dimension, axis) => dimension === -1 || dimension === shape[axis]);
  if (!fits)
    throw badRequest(
      `input ${name}: shape is ${shown(shape)}; the model takes ${JSON.stringify(expected.shape)}, -1 being any size from 1`,
    );
  return shape;
}

/** What came, short enough for an error; texts of others can be long. */
export function shown(value: unknown): string {
  const text =
    typeof value === "bigint"
      ? String(value)
      : typeof value === "object" && value !== null
        ? shownObject(value)
        : JSON.stringify(value);
  return text === undefined ? "nothing" : text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Not `JSON.stringify` of the whole: that fails on what is nested a thousand times over, and what is large takes long. */
function shownObject(value: object): string {
  if (!Array.isArray(value)) return "an object";
  const plain =
    value.length <= 16 && value.every((item) => !["object", "bigint"].includes(typeof item) || item === null);
  return plain ? JSON.stringify(value) : `an array of ${value.length}`;
}
