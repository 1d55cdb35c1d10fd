import { type Definition, type Profile, parseDefinition, rowReader } from "@ratchet/contracts";
import { profileRows } from "../profile/profile-rows.ts";

/** Rows as canonical texts, and the definition of a model that takes them. */
export interface Table {
  readonly name: string;
  readonly definition: Definition;
  readonly rows: readonly (readonly string[])[];
}

/** A definition of which nothing matters but its task, label and schema (in YAML). */
export function definitionOf(task: Definition["task"], label: string, schema: string): Definition {
  return parseDefinition(`
model: table
task: ${task}
data: { label: ${JSON.stringify(label)}, schema: [${schema}] }
training: { code: ., command: x, environment: x, compute: x }
gate: ${task === "regression" ? "{ metric: rmse, thresholds: { rmse: { max: 9 } } }" : "{ metric: accuracy, thresholds: { accuracy: { min: 0 } } }"}
deploy: { app: inference-table }
`);
}

/** The profile of some rows of a table. */
export function profileOf({ definition }: Pick<Table, "definition">, rows: Table["rows"]): Profile {
  const profiling = profileRows(definition);
  for (const row of rows) profiling.add(row);
  return profiling.end();
}

/** Where a column of a table stands in its rows. */
export function columnAt({ definition }: Pick<Table, "definition">, name: string): number {
  const index = rowReader(definition).columns.findIndex((column) => column.name === name);
  if (index < 0) throw new RangeError(`no column of the schema is named ${name}`);
  return index;
}
