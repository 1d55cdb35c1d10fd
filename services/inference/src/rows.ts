import { datatypeRow, type Values } from "./protocol/datatypes.ts";
import type { Tensor } from "./protocol/tensors.ts";

/** How many rows a tensor has: the size of its first dimension. */
export const rowsOf = (tensor: Tensor): number => tensor.shape[0] ?? 1;

const valuesPerRow = ({ shape }: Tensor): number => shape.slice(1).reduce((size, dimension) => size * dimension, 1);

/** The rows [from, to) of a tensor, sharing its memory. */
export function sliceRows(tensor: Tensor, from: number, to: number): Tensor {
  const width = valuesPerRow(tensor);
  return {
    datatype: tensor.datatype,
    shape: [to - from, ...tensor.shape.slice(1)],
    values: tensor.values.subarray(from * width, to * width) as Values,
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
  const values = datatypeRow(first.datatype).create(tensors.reduce((size, tensor) => size + tensor.values.length, 0));
  let offset = 0;
  for (const tensor of tensors) {
    // Same datatype, so the same kind of array; the compiler cannot know.
    (values as Float32Array).set(tensor.values as Float32Array, offset);
    offset += tensor.values.length;
  }
  const rows = tensors.reduce((count, tensor) => count + rowsOf(tensor), 0);
  return { datatype: first.datatype, shape: [rows, ...first.shape.slice(1)], values };
}
