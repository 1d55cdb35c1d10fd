import { type Column, readField } from "@ratchet/contracts";
import { createValues } from "../protocol/datatypes.ts";
import { badRequest, tooLarge } from "../protocol/errors.ts";
import { isObject, type JsonObject } from "../protocol/request.ts";
import { shown, type Tensors } from "../protocol/tensors.ts";
import type { NamedModel } from "./columns.ts";

/** A value of JSON as a file of data would have it; undefined where it is no such value. */
function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

/** As many as an error names, and how many more there are. */
function listed(names: readonly string[]): string {
  const most = 12;
  return names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}

/** A row with the arrays of its ranges put in place. */
function spread(row: JsonObject, { ranges }: NamedModel, where: string): JsonObject {
  let all: Record<string, unknown> | undefined;
  for (const [prefix, names] of ranges) {
    const values = row[prefix];
    if (!Array.isArray(values) || names.includes(prefix)) continue;
    if (values.length !== names.length)
      throw badRequest(`${where}, column ${prefix}: has ${values.length} values; there are ${names.length}`);
    all ??= { ...row };
    delete all[prefix];
    for (const [index, name] of names.entries()) all[name] = values[index];
  }
  return all ?? row;
}

function readValue(column: Column, value: unknown, where: string): number {
  const text = textOf(value);
  if (text === undefined)
    throw badRequest(`${where}, column ${column.name}: ${shown(value)} is no text, number or truth value`);
  const field = readField(column, text);
  if ("fault" in field) throw badRequest(`${where}, column ${column.name}: ${field.fault.message}`);
  return field.value;
}

/**
 * Rows as the model's input: each field is read as it was where the model was judged. The label may be given, and is not
 * looked at.
 * @throws {InferenceError} when a row or a field does not fit (400), or there are too many (413); it names row and column.
 */
export function readRows(value: unknown, model: NamedModel, mostRows: number): Tensors {
  const { columns, input, rows: asked, ranges } = model;
  if (!Array.isArray(value) || value.length === 0) throw badRequest("rows must be an array of at least one object");
  if (value.length > mostRows)
    throw tooLarge(`${value.length} rows are more than ${mostRows} at once; send several requests`);
  const known = new Set([...columns.map(({ name }) => name), asked.label.name]);
  const values = createValues(input.datatype, value.length * columns.length) as Float32Array;
  for (const [index, item] of value.entries()) {
    const where = `row ${index}`;
    if (!isObject(item)) throw badRequest(`${where} is ${shown(item)}; it must be an object of values by column`);
    const row = spread(item, model, where);
    const unknown = Object.keys(row).find((name) => !known.has(name));
    if (unknown !== undefined)
      throw badRequest(
        `${where}: there is no column ${shown(unknown)}; the model takes ${listed(asked.columns.map(({ name }) => name))}${ranges.size > 0 ? ", ranges as arrays too" : ""}`,
      );
    for (const [at, column] of columns.entries())
      values[index * columns.length + at] = readValue(
        column,
        Object.hasOwn(row, column.name) ? row[column.name] : undefined,
        where,
      );
  }
  return { [input.name]: { datatype: input.datatype, shape: [value.length, columns.length], values } };
}
