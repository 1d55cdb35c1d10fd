import { type Column, columnsOf } from "@ratchet/contracts";
import type { NamedModel } from "../by-name/columns.ts";

/** A JSON Schema, as far as it is written here. */
export type Schema = Readonly<Record<string, unknown>>;

/** What single precision holds: a model's numbers are no larger, and integers no longer. */
const largest = 3.4e38;
const largestInteger = 2 ** 24;

function ofType({ type, min, max, values }: Column): Schema {
  switch (type) {
    case "number":
      return { type: "number", minimum: min ?? -largest, maximum: max ?? largest };
    case "integer":
      return { type: "integer", minimum: min ?? -largestInteger, maximum: max ?? largestInteger };
    case "boolean":
      return { type: "boolean" };
    case "category":
      return { type: "string", enum: [...(values ?? [])] };
    case "date":
      return { type: "string", format: "date" };
    case "text":
      return { type: "string" };
  }
}

const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }] });

function described(column: Column, schema: Schema): Schema {
  const said = [
    column.unit === undefined ? undefined : `In ${column.unit}.`,
    column.type === "date" ? "A day, or an instant in ISO 8601." : undefined,
    column.default === undefined ? undefined : `${column.default} where it is missing.`,
  ].filter((part) => part !== undefined);
  return said.length === 0 ? schema : { ...schema, description: said.join(" ") };
}

const mayBeMissing = ({ optional, default: standIn }: Column): boolean => optional || standIn !== undefined;

function columnSchema(column: Column): Schema {
  return described(column, mayBeMissing(column) ? orNull(ofType(column)) : ofType(column));
}

/** The values of a range of names as one array. */
function rangeSchema(columns: readonly Column[]): Schema {
  const [first] = columns;
  const items = first ? columnSchema(first) : {};
  return { type: "array", items, minItems: columns.length, maxItems: columns.length };
}

/** A row that a model is asked about, by column; a range of names is an array. */
export function rowSchema({ rows, ranges }: Pick<NamedModel, "rows" | "ranges">): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const asked of rows.columns) {
    const columns = columnsOf({ columns: [asked], label: rows.label });
    const prefix = asked.name.replace(/\[\d+\.\.\d+\]$/, "");
    const needed = columns.some((column) => !mayBeMissing(column));
    if (columns.length > 1 && ranges.has(prefix)) {
      properties[prefix] = rangeSchema(columns);
      if (needed) required.push(prefix);
    } else
      for (const column of columns) {
        properties[column.name] = columnSchema(column);
        if (needed) required.push(column.name);
      }
  }
  return { type: "object", properties, required, additionalProperties: false };
}

/** What a model says of a row. */
export function predictionSchema({ rows, classes, output }: Pick<NamedModel, "rows" | "classes" | "output">): Schema {
  const unit = rows.label.unit === undefined ? "" : `, in ${rows.label.unit}`;
  if (!classes)
    return {
      type: "object",
      properties: { value: { type: ["number", "null"], description: `${rows.label.name}${unit}` } },
      required: ["value"],
      additionalProperties: false,
    };
  const label: Schema = { type: "string", enum: [...classes], description: rows.label.name };
  if (output.datatype.startsWith("INT"))
    return { type: "object", properties: { label }, required: ["label"], additionalProperties: false };
  const probability: Schema = { type: ["number", "null"] };
  return {
    type: "object",
    properties: {
      label,
      probability: { ...probability, description: "Of the label." },
      probabilities: {
        type: "object",
        properties: Object.fromEntries(classes.map((name) => [name, probability])),
        required: [...classes],
        additionalProperties: false,
      },
    },
    required: ["label", "probability", "probabilities"],
    additionalProperties: false,
  };
}
