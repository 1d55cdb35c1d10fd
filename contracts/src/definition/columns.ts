import { z } from "zod";

/** One column of a batch's file, with the range of names already expanded. */
export interface Column {
  readonly name: string;
  readonly type: "number" | "integer" | "boolean" | "category" | "date";
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** The categories, in the order of their indices. */
  readonly values?: readonly string[] | undefined;
  /** Whether an empty field is allowed; it is read as not-a-number. */
  readonly optional: boolean;
  /** Whether the model sees the column. The label is never a feature. */
  readonly feature: boolean;
}

const columnBase = z.strictObject({
  name: z.string().min(1),
  type: z.enum(["number", "integer", "boolean", "category", "date"]),
  min: z.number().optional(),
  max: z.number().optional(),
  values: z.array(z.string().min(1)).min(2, "a category has at least two values").optional(),
  optional: z.boolean().default(false),
  feature: z.boolean().default(true),
});

/** A column as written in `ratchet.yaml`; `pixel[0..783]` stands for pixel0 to pixel783. */
export const columnDefinition = columnBase.superRefine((column, context) => {
  const fault = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  const numeric = column.type === "number" || column.type === "integer";
  if (column.type === "category" && !column.values) fault("values", "a category needs its values, e.g. [rain, sun]");
  if (column.type !== "category" && column.values) fault("values", `only a category has values, not a ${column.type}`);
  if (!numeric && (column.min !== undefined || column.max !== undefined))
    fault("min", `only a number or an integer has a range, not a ${column.type}`);
  if (column.min !== undefined && column.max !== undefined && column.min > column.max)
    fault("min", `min ${column.min} is greater than max ${column.max}`);
  if (column.values && new Set(column.values).size !== column.values.length) fault("values", "values must differ");
  const range = rangeOf(column.name);
  if (range && range.from > range.to) fault("name", `the range ${column.name} runs backwards`);
  if (range && range.to - range.from > 100_000) fault("name", `the range ${column.name} has more than 100,000 columns`);
});

type ColumnDefinition = z.infer<typeof columnDefinition>;

function rangeOf(name: string): { readonly prefix: string; readonly from: number; readonly to: number } | undefined {
  const match = /^(.*)\[(\d+)\.\.(\d+)\]$/.exec(name);
  return match ? { prefix: match[1] ?? "", from: Number(match[2]), to: Number(match[3]) } : undefined;
}

/** The columns of a schema, ranges such as `pixel[0..783]` expanded, in the order of the schema. */
export function expandColumns(schema: readonly ColumnDefinition[]): readonly Column[] {
  return schema.flatMap((column): readonly Column[] => {
    const range = rangeOf(column.name);
    if (!range) return [column];
    return Array.from({ length: range.to - range.from + 1 }, (_, index) => ({
      ...column,
      name: `${range.prefix}${range.from + index}`,
    }));
  });
}
