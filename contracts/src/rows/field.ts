import type { Column } from "../definition/column.ts";
import { daysBetween, type Instant, instantText, readInstant } from "./instant.ts";

/** Why one field of a row cannot be read. */
export interface FieldFault {
  readonly column: string;
  readonly message: string;
}

/** A field that fits its column. */
export interface Field {
  /** What the model sees; not-a-number where the field is missing or is text. */
  readonly value: number;
  /** The one text of this value, whatever tool wrote it: `5.1` for `5.10`; empty where it is missing. */
  readonly text: string;
}

export type FieldValue = Field | { readonly fault: FieldFault };

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const digits = /^[+-]?\d+$/;
const missing: Field = { value: Number.NaN, text: "" };
const epoch: Instant = { seconds: 0, microseconds: 0 };
const millisecondsPerDay = 86_400_000;

/** In milliseconds: single precision tells days of our time apart to some three minutes. */
const usualPrecision = 300_000;

function show(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** The one text of a whole number: exact where a double is not, as keys of many digits need it. */
function integerText(text: string, value: number): string {
  if (Number.isSafeInteger(value) || !digits.test(text)) return String(value === 0 ? 0 : value);
  return BigInt(text.startsWith("+") ? text.slice(1) : text).toString();
}

type Fault = (message: string) => FieldValue;

/** Models compute in single precision: what that cannot hold would be another number in training than in the file. */
function precisionFault({ type }: Column, text: string, value: number): string | undefined {
  const single = Math.fround(value);
  if (!Number.isFinite(single))
    return `${show(text)} is more than a model's numbers can hold (single precision, up to 3.4e38); give the column a min and a max`;
  if (type === "integer" && single !== value)
    return `${show(text)} is an integer that a model's numbers (single precision) cannot tell from ${single}; make the column a number if that does no harm, or set feature: false`;
  return undefined;
}

function readNumber(column: Column, text: string, fault: Fault): FieldValue {
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) {
    if (column.optional && column.type === "number" && text.toLowerCase() === "nan") return missing;
    return fault(`${show(text)} is not a number`);
  }
  const isInteger = column.type === "integer";
  if (isInteger && !Number.isInteger(value)) return fault(`${show(text)} is not an integer`);
  if (column.min !== undefined && value < column.min) return fault(`${text} is less than ${column.min}`);
  if (column.max !== undefined && value > column.max) return fault(`${text} is greater than ${column.max}`);
  const imprecise = column.feature ? precisionFault(column, text, value) : undefined;
  if (imprecise !== undefined) return fault(imprecise);
  if (isInteger) return { value, text: integerText(text, value) };
  return { value, text: String(value === 0 ? 0 : value) };
}

function readDate(column: Column, text: string, fault: Fault): FieldValue {
  const instant = readInstant(text);
  if (!instant) return fault(`${show(text)} is not a date such as 2024-03-31 or 2024-03-31T12:00:00Z`);
  const origin = column.origin === undefined ? epoch : (readInstant(column.origin) ?? epoch);
  const value = daysBetween(origin, instant);
  const rounded = Math.abs(Math.fround(value) - value) * millisecondsPerDay;
  const { precision = usualPrecision } = column;
  if (column.feature && rounded > precision)
    return fault(
      `${show(text)} would be rounded by ${Math.round(rounded / 100) / 10} s in a model's numbers (single precision), and the column's precision allows ${precision / 1000} s; allow more, or set its origin to a day near the data`,
    );
  return { value, text: instantText(instant) };
}

/** A missing field: its column's default where there is one. */
function readMissing(column: Column, fault: Fault): FieldValue {
  if (column.default !== undefined) return readField({ ...column, default: undefined }, column.default);
  return column.optional ? missing : fault("is empty");
}

/**
 * One field as the number that the model sees, and as its canonical text: numbers as they are, booleans as 0 and 1, a
 * category as the index of its value, a date as days since the column's origin (1970-01-01 UTC), an empty optional field as
 * not-a-number. A feature that single precision cannot hold is a fault.
 */
export function readField(column: Column, text: string): FieldValue {
  const fault = (message: string): FieldValue => ({ fault: { column: column.name, message } });
  if (text === "") return readMissing(column, fault);
  switch (column.type) {
    case "number":
    case "integer":
      return readNumber(column, text, fault);
    case "boolean": {
      const lower = text.toLowerCase();
      if (lower === "true" || lower === "1") return { value: 1, text: "true" };
      if (lower === "false" || lower === "0") return { value: 0, text: "false" };
      return fault(`${show(text)} is not true or false`);
    }
    case "category": {
      const value = column.values?.indexOf(text) ?? -1;
      return value >= 0 ? { value, text } : fault(`${show(text)} is not one of ${column.values?.join(", ")}`);
    }
    case "date":
      return readDate(column, text, fault);
    case "text":
      return { value: Number.NaN, text };
  }
}
