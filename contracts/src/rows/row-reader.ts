import type { Column } from "../definition/column.ts";
import { expandColumns } from "../definition/columns.ts";
import { classesOf, type Definition } from "../definition/definition.ts";
import { readField } from "./field.ts";

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
