import { createValues, type Values } from "../protocol/datatypes.ts";
import type { Tensor } from "../protocol/tensors.ts";

/** How many rows a tensor has: the size of its first dimension. */
export const rowsOf = (tensor: Tensor): number => tensor.shape[0] ?? 1;

const valuesPerRow = ({ shape }: Tensor): number => shape.slice(1).reduce((size, dimension) => size * dimension, 1);

const part = (values: Values, from: number, to: number): Values =>
  ArrayBuffer.isView(values) ? values.subarray(from, to) : values.slice(from, to);

/** The rows [from, to) of a tensor, sharing its memory where it has numbers. */
export function sliceRows(tensor: Tensor, from: number, to: number): Tensor {
  if (from === 0 && to === rowsOf(tensor)) return tensor;
  const width = valuesPerRow(tensor);
  return {
    datatype: tensor.datatype,
    shape: [to - from, ...tensor.shape.slice(1)],
    values: part(tensor.values, from * width, to * width),
  };
}

/**
 * Tensors that differ only in their first dimension, one below the other.
 * @throws {RangeError} when there are none.
 */
export function concatRows(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (!first) throw new RangeError("there is nothing to put together");
  if (tensors.length === 1) return first;
  const rows = tensors.reduce((count, tensor) => count + rowsOf(tensor), 0);
  return { datatype: first.datatype, shape: [rows, ...first.shape.slice(1)], values: concatValues(first, tensors) };
}

function concatValues(first: Tensor, tensors: readonly Tensor[]): Values {
  if (!ArrayBuffer.isView(first.values)) return tensors.flatMap(({ values }) => values as readonly string[]);
  const all = createValues(
    first.datatype,
    tensors.reduce((size, { values }) => size + values.length, 0),
  );
  let offset = 0;
  for (const { values } of tensors) {
    // Same datatype, so the same kind of array; the compiler cannot know.
    (all as Float32Array).set(values as Float32Array, offset);
    offset += values.length;
  }
  return all;
}
