import type { Column } from "./definition/columns.ts";
import { expandColumns } from "./definition/columns.ts";
import { classesOf, type Definition } from "./definition/definition.ts";

/** Why one field of a row cannot be read. */
export interface FieldFault {
  readonly column: string;
  readonly message: string;
}

export type FieldValue = { readonly value: number } | { readonly fault: FieldFault };

const millisecondsPerDay = 86_400_000;
const isoDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** Days since 1970-01-01 UTC, with fractions; not-a-number where the text is no ISO 8601 date. */
function days(text: string): number {
  if (!isoDate.test(text)) return Number.NaN;
  const zoned = text.length === 10 || /(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`;
  const date = new Date(zoned);
  // Date rolls 30 February over to March; such a day does not exist.
  if (Number.isNaN(date.getTime()) || (text.length === 10 && date.toISOString().slice(0, 10) !== text))
    return Number.NaN;
  return date.getTime() / millisecondsPerDay;
}

function show(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/**
 * One field as the number that the model sees: numbers as they are, booleans as 0 and 1, a category as the index of
 * its value, a date as days since 1970-01-01 UTC, an empty optional field as not-a-number.
 */
export function readField(column: Column, text: string): FieldValue {
  const fault = (message: string): FieldValue => ({ fault: { column: column.name, message } });
  if (text === "") return column.optional ? { value: Number.NaN } : fault("is empty");
  switch (column.type) {
    case "number":
    case "integer": {
      const value = decimal.test(text) ? Number(text) : Number.NaN;
      if (!Number.isFinite(value)) return fault(`${show(text)} is not a number`);
      if (column.type === "integer" && !Number.isInteger(value)) return fault(`${show(text)} is not an integer`);
      if (column.min !== undefined && value < column.min) return fault(`${text} is less than ${column.min}`);
      if (column.max !== undefined && value > column.max) return fault(`${text} is greater than ${column.max}`);
      return { value };
    }
    case "boolean": {
      const lower = text.toLowerCase();
      if (lower === "true" || lower === "1") return { value: 1 };
      if (lower === "false" || lower === "0") return { value: 0 };
      return fault(`${show(text)} is not true or false`);
    }
    case "category": {
      const value = column.values?.indexOf(text) ?? -1;
      return value >= 0 ? { value } : fault(`${show(text)} is not one of ${column.values?.join(", ")}`);
    }
    case "date": {
      const value = days(text);
      return Number.isNaN(value) ? fault(`${show(text)} is not a date such as 2024-03-31`) : { value };
    }
  }
}

/** How the rows of a model's files become tensors. */
export interface RowReader {
  /** The columns of the file, in the order of the schema. */
  readonly columns: readonly Column[];
  /** The columns that the model sees, in the order of its input: F features. */
  readonly features: readonly Column[];
  readonly label: Column;
  /** The classes by index; undefined for a regression. */
  readonly classes: readonly string[] | undefined;
  /**
   * The label as the number it is judged by: the class index, or the value itself for a regression.
   * @throws {RangeError} when the field does not fit the schema.
   */
  readLabel(text: string): number;
  /**
   * A row, as strings by column name, as the model's input: F numbers.
   * @throws {RangeError} when a field does not fit the schema.
   */
  readFeatures(row: Readonly<Record<string, string>>): number[];
}

/**
 * The reader of a model's rows.
 * @throws {RangeError} when the label is no column of the schema.
 */
export function rowReader(definition: Pick<Definition, "task" | "data">): RowReader {
  const columns = expandColumns(definition.data.schema);
  const label = columns.find(({ name }) => name === definition.data.label);
  if (!label) throw new RangeError(`no column of the schema is named ${definition.data.label}`);
  const features = columns.filter((column) => column.feature && column !== label);
  const classes = definition.task === "classification" ? classesOf(label) : undefined;
  const must = (column: Column, text: string): number => {
    const read = readField(column, text);
    if ("fault" in read) throw new RangeError(`column ${column.name}: ${read.fault.message}`);
    return read.value;
  };
  const firstClass = label.type === "integer" ? (label.min ?? 0) : 0;
  return {
    columns,
    features,
    label,
    classes,
    readLabel: (text) => must(label, text) - (classes ? firstClass : 0),
    readFeatures: (row) => features.map((column) => must(column, row[column.name] ?? "")),
  };
}
