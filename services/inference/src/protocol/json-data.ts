import { createValues, type Datatype, datatypeRow, type Values } from "./datatypes.ts";
import { badRequest } from "./errors.ts";
import { shown } from "./tensors.ts";

/** The values of one innermost array into place; says which of them is none of the datatype, -1 where all are. */
type Fill = (items: readonly unknown[], at: number) => number;

function fillFloats(values: Float16Array | Float32Array | Float64Array): Fill {
  return (items, at) => {
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      if (typeof item === "number" || typeof item === "bigint") {
        values[at + index] = Number(item);
        // 1e39 is no FP32, and 1e400 none of any kind: infinity is another number than what was meant.
        if (!Number.isFinite(values[at + index])) return index;
      } else if (item === null)
        // JSON has no not-a-number; null stands for it, in requests as in answers.
        values[at + index] = Number.NaN;
      else return index;
    }
    return -1;
  };
}

const fillEach =
  (set: (index: number, item: unknown) => boolean): Fill =>
  (items, at) =>
    items.findIndex((item, index) => !set(at + index, item));

function filler(datatype: Datatype, values: Values): Fill {
  const row = datatypeRow(datatype);
  if (row.kind === "float") return fillFloats(values as Float32Array);
  if (row.kind === "text") {
    const texts = values as string[];
    return fillEach((index, item) => {
      if (typeof item !== "string") return false;
      texts[index] = item;
      return true;
    });
  }
  if (row.kind === "boolean") {
    const flags = values as Uint8Array;
    return fillEach((index, item) => {
      if (item !== true && item !== false && item !== 0 && item !== 1) return false;
      flags[index] = Number(item);
      return true;
    });
  }
  if (row.kind === "long") {
    const longs = values as BigInt64Array;
    return fillEach((index, item) => {
      // Of what a double does not carry exactly the text was read as a bigint.
      if (typeof item !== "bigint" && !Number.isSafeInteger(item)) return false;
      const long = BigInt(item as number | bigint);
      longs[index] = long;
      return longs[index] === long;
    });
  }
  const [min, max] = row.range;
  const fits = (item: unknown): item is number => Number.isInteger(item) && min <= Number(item) && Number(item) <= max;
  const integers = values as Int32Array;
  return fillEach((index, item) => {
    if (!fits(item)) return false;
    integers[index] = item;
    return true;
  });
}

const isNested = (data: readonly unknown[]): boolean => data.some(Array.isArray);

/**
 * A tensor's `data`, flat or nested as its shape says, as its values.
 * @param most how many values the text that the request came in can hold: nothing is made for more than that.
 * @throws {InferenceError} when a value does not fit, or when more or fewer came, or the nesting is another than the shape's
 * (400); it names the value, or how many came.
 */
export function readJsonData(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  data: unknown,
  most: number,
): Values {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (!Array.isArray(data)) throw badRequest(`input ${name}: data must be an array of ${size} values, nested or flat`);
  const flat = !isNested(data);
  if (size > most || (flat && data.length !== size))
    throw badRequest(
      `input ${name}: data has ${flat ? data.length : `at most ${most}`} values; its shape needs ${size}`,
    );
  const values = createValues(datatype, size);
  const fill = filler(datatype, values);
  const read = (items: readonly unknown[], at: number): void => {
    const wrong = fill(items, at);
    if (wrong < 0) return;
    const item = items[wrong];
    if (Array.isArray(item)) throw badRequest(`input ${name}: data is nested deeper than its shape of ${shown(shape)}`);
    throw badRequest(`input ${name}: value ${at + wrong} is ${shown(item)}, not ${datatype}`);
  };
  if (flat) {
    read(data, 0);
    return values;
  }
  // As deep as the shape and no deeper, whatever came.
  const walk = (items: unknown, axis: number, at: number, width: number): void => {
    if (!Array.isArray(items) || items.length !== shape[axis])
      throw badRequest(
        `input ${name}: data is nested otherwise than its shape of ${shown(shape)}: ${shown(items)} where ${shape[axis]} of axis ${axis} belong`,
      );
    if (axis === shape.length - 1) {
      read(items, at);
      return;
    }
    const step = width / (shape[axis + 1] ?? 1);
    for (let index = 0; index < items.length; index += 1) walk(items[index], axis + 1, at + index * width, step);
  };
  const [rows = 1] = shape;
  walk(data, 0, 0, size / rows);
  return values;
}

/** Values as the text of a JSON array. 64-bit integers keep every digit, not-a-number and infinities become null. */
export function writeJsonData(datatype: Datatype, values: Values): string {
  const { kind } = datatypeRow(datatype);
  if (kind === "boolean") return `[${Array.from(values as Uint8Array, (value) => value !== 0).join(",")}]`;
  if (kind === "float") return JSON.stringify(Array.from(values as Float32Array));
  if (kind === "text") return JSON.stringify(values);
  return `[${(values as Int32Array).join(",")}]`;
}
