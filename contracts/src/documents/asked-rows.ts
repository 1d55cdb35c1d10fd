import { z } from "zod";
import type { Column } from "../definition/column.ts";
import { expandColumns } from "../definition/columns.ts";
import type { Definition } from "../definition/definition.ts";
import { openWord } from "../names.ts";

const columnTypes = ["number", "integer", "boolean", "category", "date", "text"] as const satisfies Column["type"][];

/** A column by which a model is asked: a feature, as the definition had it when the model was judged. */
const askedColumn = z.object({
  /** `pixel[0..783]` stands for pixel0 to pixel783. */
  name: z.string().min(1),
  type: openWord(columnTypes),
  min: z.number().optional(),
  max: z.number().optional(),
  values: z.array(z.string()).optional(),
  /** Whether it may be missing. */
  optional: z.boolean(),
  /** What stands where it is missing. */
  default: z.string().optional(),
  /** Of a date: by how many milliseconds it may be rounded. */
  precision: z.number().optional(),
  /** Of a date: from which day its days are counted. */
  origin: z.string().optional(),
  /** In which unit its numbers are. */
  unit: z.string().optional(),
});
type AskedColumn = z.infer<typeof askedColumn>;

/** The rows that a model is asked about by name, in the order of its input, and what it then says. */
export const askedRows = z.object({
  columns: z.array(askedColumn).min(1),
  label: z.object({ name: z.string().min(1), unit: z.string().optional() }),
});
export type AskedRows = z.infer<typeof askedRows>;

export const exampleAskedRows: AskedRows = {
  columns: [
    { name: "island", type: "category", values: ["Biscoe", "Dream"], optional: false },
    { name: "bill", type: "number", min: 0, optional: true, unit: "mm" },
  ],
  label: { name: "parity" },
};

type Written = Definition["data"]["schema"][number];

const asked = ({ name, type, min, max, values, optional, default: standIn, precision, origin, unit }: Written) => ({
  name,
  type,
  optional,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
  ...(values === undefined ? {} : { values }),
  ...(standIn === undefined ? {} : { default: standIn }),
  ...(precision === undefined ? {} : { precision }),
  ...(origin === undefined ? {} : { origin }),
  ...(unit === undefined ? {} : { unit }),
});

/** The features of a definition, as a release keeps them; ranges of names stay together. */
export function askedRowsOf({ data: { schema, label: name } }: Pick<Definition, "data">): AskedRows {
  const columns = schema.flatMap((written): readonly AskedColumn[] => {
    if (!written.feature) return [];
    const expanded = expandColumns([written]);
    if (!expanded.some((column) => column.name === name)) return [asked(written)];
    return expanded.filter((column) => column.name !== name).map((column) => asked({ ...written, name: column.name }));
  });
  const unit = expandColumns(schema).find((column) => column.name === name)?.unit;
  return { columns, label: { name, ...(unit === undefined ? {} : { unit }) } };
}

const isKnown = (type: string): type is Column["type"] => (columnTypes as readonly string[]).includes(type);

/**
 * The columns of such rows, as fields are read by them, in the order of the model's input.
 * @throws {RangeError} when one has a type that this code does not know.
 */
export function columnsOf({ columns }: AskedRows): readonly Column[] {
  return expandColumns(
    columns.map(({ type, ...column }) => {
      if (!isKnown(type)) throw new RangeError(`the column ${column.name} is a ${type}, which this code cannot read`);
      return { ...column, type, feature: true };
    }),
  );
}
