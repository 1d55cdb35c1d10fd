import type { SchemaElement } from "hyparquet";
import {
  halfOfBytes,
  integerOfBytes,
  nanosecondsOfInt96,
  textOfBytes,
  textOfDays,
  textOfDecimal,
  textOfDouble,
  textOfFloat,
  textOfInstant,
  textOfUuid,
  type Unit,
} from "./values.ts";

/** A value as Parquet keeps it, before its meaning; strings in place of bytes that are text. */
export type Raw = number | bigint | boolean | string | Uint8Array;

/** What a value of a column means. */
export interface Meaning {
  /** What to keep of a value until its row is due, where it is not the value itself. */
  readonly keep?: (value: Raw) => Raw;
  /** @throws {ValueFault} when it cannot be text. */
  readonly text: (value: Raw) => string;
}

/** Why the values of a column can be no fields. */
export interface Unreadable {
  readonly unreadable: string;
}

const unreadable = (what: string, advice: string): Unreadable => ({ unreadable: `${what}; ${advice}` });

const asText: Meaning = {
  keep: (value) => (typeof value === "string" ? value : textOfBytes(value as Uint8Array)),
  text: (value) => value as string,
};

const timeOfDay = unreadable("a time of day, which no type of column is", "write it as a number, say of seconds");
const duration = unreadable("a duration, which no type of column is", "write it as a number, say of seconds");
const bytes = unreadable("bytes, which no type of column is", "write it as text or numbers, or leave the column out");

function decimal(element: SchemaElement, scale: number): Meaning | Unreadable {
  if (scale < 0 || scale > 1000) return unreadable(`a decimal with the scale ${scale}`, "write it with another");
  if (element.type === "INT32" || element.type === "INT64")
    return { text: (value) => textOfDecimal(BigInt(value as number | bigint), scale) };
  return { text: (value) => textOfDecimal(integerOfBytes(value as Uint8Array), scale) };
}

const instant = (unit: Unit): Meaning => ({ text: (value) => textOfInstant(BigInt(value as number | bigint), unit) });

const convertedUnits: Readonly<Record<string, Unit>> = { TIMESTAMP_MILLIS: "MILLIS", TIMESTAMP_MICROS: "MICROS" };

function isUnsigned({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted?.startsWith("UINT_") === true || (logical?.type === "INTEGER" && !logical.isSigned);
}

function integer(element: SchemaElement): Meaning {
  if (!isUnsigned(element)) return { text: String };
  if (element.type === "INT32") return { text: (value) => String((value as number) >>> 0) };
  return { text: (value) => String(BigInt.asUintN(64, value as bigint)) };
}

/** Says what no physical type tells; undefined where the column is of its physical type and no more. */
function annotated(element: SchemaElement): Meaning | Unreadable | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (logical?.type === "NULL") return { text: String };
  if (converted === "DECIMAL" || logical?.type === "DECIMAL")
    return decimal(element, element.scale ?? (logical?.type === "DECIMAL" ? logical.scale : 0));
  if (converted === "DATE" || logical?.type === "DATE") return { text: (value) => textOfDays(Number(value)) };
  if (logical?.type === "TIMESTAMP") return instant(logical.unit);
  const unit = convertedUnits[converted ?? ""];
  if (unit !== undefined) return instant(unit);
  if (logical?.type === "TIME" || converted?.startsWith("TIME_")) return timeOfDay;
  if (converted === "INTERVAL") return duration;
  if (logical?.type === "UUID") return { text: (value) => textOfUuid(value as Uint8Array) };
  if (logical?.type === "FLOAT16") return { text: (value) => textOfDouble(halfOfBytes(value as Uint8Array)) };
  if (converted === "BSON" || logical?.type === "BSON") return bytes;
  if (logical?.type === "VARIANT" || logical?.type === "GEOMETRY" || logical?.type === "GEOGRAPHY")
    return unreadable(`a value of the type ${logical.type}`, "write what is in it as columns of their own");
  // Strings, enums and JSON; and what Hive and old Sparks write as bytes, which is text as long as it is UTF-8.
  return type === "BYTE_ARRAY" ? asText : undefined;
}

/** What the values of a column mean, by its element of the schema. @param isDuration what only Arrow's own schema tells. */
export function meaningOf(element: SchemaElement, isDuration: boolean): Meaning | Unreadable {
  if (element.num_children || element.repetition_type === "REPEATED" || element.type === undefined)
    return unreadable("nested, and a field holds one value", "write what is in it as columns of their own");
  if (isDuration) return duration;
  const meaning = annotated(element);
  if (meaning) return meaning;
  switch (element.type) {
    case "BOOLEAN":
      return { text: String };
    case "FLOAT":
      return { text: (value) => textOfFloat(value as number) };
    case "DOUBLE":
      return { text: (value) => textOfDouble(value as number) };
    case "INT96":
      return { text: (value) => textOfInstant(nanosecondsOfInt96(value as bigint), "NANOS") };
    case "INT32":
    case "INT64":
      return integer(element);
    default:
      return bytes;
  }
}
