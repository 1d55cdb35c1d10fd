import { type Datatype, datatypeRow, type Values } from "./datatypes.ts";
import { badRequest } from "./errors.ts";

const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 40) ?? "nothing";

/** Writes one value, or says false where it is none of the datatype. */
function setter(datatype: Datatype, values: Values): (index: number, value: unknown) => boolean {
  const { kind, range = [0, 0] } = datatypeRow(datatype);
  if (kind === "float") {
    const floats = values as Float32Array | Float64Array;
    return (index, value) => {
      // JSON has no not-a-number; null stands for it, in requests as in answers.
      if (typeof value !== "number" && value !== null) return false;
      floats[index] = value ?? Number.NaN;
      return true;
    };
  }
  if (kind === "boolean") {
    return (index, value) => {
      if (value !== true && value !== false && value !== 0 && value !== 1) return false;
      (values as Uint8Array)[index] = Number(value);
      return true;
    };
  }
  const [min, max] = range;
  const fits = (value: unknown): value is number =>
    Number.isInteger(value) && min <= Number(value) && Number(value) <= max;
  if (kind === "long") {
    return (index, value) => {
      if (!fits(value)) return false;
      (values as BigInt64Array)[index] = BigInt(value);
      return true;
    };
  }
  return (index, value) => {
    if (!fits(value)) return false;
    (values as Int32Array)[index] = value;
    return true;
  };
}

/**
 * A tensor's `data`, nested or flat, as its values.
 * @throws {InferenceError} when a value does not fit, or when more or fewer came (400); it names the value, or how many came.
 */
export function readJsonData(name: string, datatype: Datatype, size: number, data: unknown): Values {
  if (!Array.isArray(data)) throw badRequest(`input ${name}: data must be an array of ${size} values, nested or flat`);
  const values = datatypeRow(datatype).create(size);
  const set = setter(datatype, values);
  let count = 0;
  const read = (items: readonly unknown[]): void => {
    for (const item of items) {
      if (Array.isArray(item)) read(item);
      else {
        if (count < size && !set(count, item)) {
          const hint =
            datatypeRow(datatype).kind === "long" ? " that JSON carries exactly (else send it as binary)" : "";
          throw badRequest(`input ${name}: value ${count} is ${shown(item)}, not ${datatype}${hint}`);
        }
        count += 1;
      }
    }
  };
  read(data);
  if (count !== size) throw badRequest(`input ${name}: data has ${count} values; its shape needs ${size}`);
  return values;
}

/** Values as the text of a JSON array. 64-bit integers keep every digit, not-a-number and infinities become null. */
export function writeJsonData(datatype: Datatype, values: Values): string {
  const { kind } = datatypeRow(datatype);
  if (kind === "boolean") return `[${Array.from(values as Uint8Array, (value) => value !== 0).join(",")}]`;
  if (kind === "float") return JSON.stringify(Array.from(values as Float32Array));
  return `[${values.join(",")}]`;
}
