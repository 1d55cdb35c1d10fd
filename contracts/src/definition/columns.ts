import { z } from "zod";
import { readField } from "../rows/field.ts";
import { readInstant } from "../rows/instant.ts";
import type { Column } from "./column.ts";
import { duration } from "./duration.ts";

const names = z.union([
  z
    .string()
    .min(1)
    .transform((name) => [name]),
  z.array(z.string().min(1)).min(1),
]);

const columnBase = z.strictObject({
  name: z.string().min(1),
  type: z.enum(["number", "integer", "boolean", "category", "date", "text"]),
  min: z.number().optional(),
  max: z.number().optional(),
  values: z.array(z.string().min(1)).min(2, "a category has at least two values").optional(),
  optional: z.boolean().default(false),
  feature: z.boolean().default(true),
  default: z
    .union([z.string().min(1), z.number(), z.boolean()])
    .transform(String)
    .optional()
    .describe("What stands where a field is empty, or a file has no such column."),
  was: names.optional().describe("The names it had before, the latest first: older data is read by them."),
  precision: duration.optional().describe("By how much a date may be rounded in single precision; 5m by itself."),
  origin: z.string().optional().describe("From which day a date's days are counted; 1970-01-01 by itself."),
  unit: z
    .string()
    .min(1)
    .optional()
    .describe("In which unit its numbers are, such as mm or °C: whoever asks the model is told."),
});

type Written = z.infer<typeof columnBase>;
type Fault = (path: keyof Written, message: string) => void;

function typeFaults(column: Written, fault: Fault): void {
  const { type, min, max, values } = column;
  const numeric = type === "number" || type === "integer";
  if (type === "category" && !values) fault("values", "a category needs its values, e.g. [rain, sun]");
  if (type !== "category" && values) fault("values", `only a category has values, not a ${type}`);
  if (!numeric && (min !== undefined || max !== undefined))
    fault("min", `only a number or an integer has a range, not a ${type}`);
  if (min !== undefined && max !== undefined && min > max) fault("min", `min ${min} is greater than max ${max}`);
  if (values && new Set(values).size !== values.length) fault("values", "values must differ");
  if (type === "text" && column.feature)
    fault("feature", "a model sees numbers only: set feature: false, or make the column a category with its values");
  for (const only of ["precision", "origin"] as const)
    if (column[only] !== undefined && type !== "date") fault(only, `only a date has ${only}, not a ${type}`);
  if (column.origin !== undefined && !readInstant(column.origin))
    fault("origin", `${column.origin} is not a date such as 2024-01-01`);
  const { default: standIn } = column;
  if (standIn === undefined) return;
  const read = readField({ ...column, default: undefined, optional: false }, standIn);
  if ("fault" in read) fault("default", read.fault.message);
}

function rangeFaults({ name, was = [] }: Written, fault: Fault): void {
  const range = rangeOf(name);
  if (range && range.from > range.to) fault("name", `the range ${name} runs backwards`);
  if (range && range.to - range.from >= mostColumns) fault("name", `the range ${name} has more than 100,000 columns`);
  for (const former of was)
    if (widthOf(former) !== widthOf(name))
      fault("was", `${former} does not stand for as many columns as ${name}; write one former name for each`);
  if (new Set([name, ...was]).size <= was.length)
    fault("was", "the former names must differ from the name, and each other");
}

/** A column as written in `ratchet.yaml`; `pixel[0..783]` stands for pixel0 to pixel783. */
export const columnDefinition = columnBase.superRefine((column, context) => {
  const fault: Fault = (path, message) => context.addIssue({ code: "custom", path: [path], message });
  typeFaults(column, fault);
  rangeFaults(column, fault);
});

type ColumnDefinition = z.infer<typeof columnDefinition>;

interface Range {
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
}

function rangeOf(name: string): Range | undefined {
  const match = /^(.*)\[(\d+)\.\.(\d+)\]$/.exec(name);
  return match ? { prefix: match[1] ?? "", from: Number(match[2]), to: Number(match[3]) } : undefined;
}

function widthOf(name: string): number {
  const range = rangeOf(name);
  return range ? range.to - range.from + 1 : 1;
}

/** How many columns a schema may have. */
export const mostColumns = 100_000;

/** How many columns a schema stands for, without expanding it. */
export const countColumns = (schema: readonly Pick<ColumnDefinition, "name">[]): number =>
  schema.reduce((sum, { name }) => sum + widthOf(name), 0);

function nameAt(name: string, index: number): string {
  const range = rangeOf(name);
  return range ? `${range.prefix}${range.from + index}` : name;
}

/** The columns of a schema, ranges such as `pixel[0..783]` expanded, in the order of the schema. */
export function expandColumns(schema: readonly ColumnDefinition[]): readonly Column[] {
  return schema.flatMap((column): readonly Column[] => {
    if (!rangeOf(column.name)) return [column];
    const { was } = column;
    return Array.from({ length: widthOf(column.name) }, (_, index) => ({
      ...column,
      name: nameAt(column.name, index),
      ...(was ? { was: was.map((former) => nameAt(former, index)) } : {}),
    }));
  });
}
