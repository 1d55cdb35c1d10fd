import { expandColumns } from "../../definition/columns.ts";
import type { Definition } from "../../definition/definition.ts";
import { parseDefinition } from "../../definition/parse.ts";
import { readField } from "../field.ts";

/** A model's definition with these columns. @param data what stands in `data` beside them. */
export const shopOf = (schema: string, data = ""): Definition =>
  parseDefinition(`
model: shop
task: classification
data:
  label: label
${data}
  schema:${schema}
training: { code: ., command: x, environment: x, compute: x }
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.1 } } }
deploy: { app: inference-shop }
`);

/** A row given as texts by column name, as canonical texts in the order of the schema: read as a file's row is. */
export const textsOf = ({ data }: Definition, row: Readonly<Record<string, string>>): readonly string[] =>
  expandColumns(data.schema).map((column) => {
    const read = readField(column, row[column.name] ?? "");
    if ("fault" in read) throw new TypeError(`${column.name}: ${read.fault.message}`);
    return read.text;
  });
