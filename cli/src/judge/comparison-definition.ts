import { readFile } from "node:fs/promises";
import { type Definition, DefinitionError, parseDefinition } from "@ratchet/contracts";
import type { ColumnSummary } from "@ratchet/formats";
import { contentOf, type FileContent } from "../commands/inspect.ts";
import { WrongInputError } from "../errors.ts";
import { printable } from "../output.ts";

/** How two models are to be compared, as it was typed; what is left out is guessed from the data. */
export interface ComparisonOptions {
  readonly label?: string | undefined;
  readonly task?: string | undefined;
  /** The classes in the order of the models' scores. */
  readonly classes?: readonly string[] | undefined;
  /** Columns of the file that are no features. */
  readonly without: readonly string[];
  readonly metric?: string | undefined;
  readonly confidence?: number | undefined;
  readonly minEffect?: number | undefined;
  /** How many challengers these rows judge in all. */
  readonly attempts?: number | undefined;
  readonly guardrails: readonly { readonly metric: string; readonly margin: number }[];
  readonly slices: readonly { readonly column: string; readonly margin?: number | undefined }[];
}

/** An integer label with more values than this is a number to be predicted, not a class. */
const mostClasses = 20;

const usualMetric = { classification: "accuracy", regression: "rmse" } as const;

function taskOf({ type, distinct = Number.POSITIVE_INFINITY }: ColumnSummary): "classification" | "regression" {
  if (type === "integer") return distinct <= mostClasses ? "classification" : "regression";
  return type === "number" ? "regression" : "classification";
}

/** The label's column of the schema. Classes that are numbers begin at 0, as models count them. */
function labelColumn(
  file: string,
  column: ColumnSummary,
  task: string,
  classes: readonly string[] | undefined,
): Record<string, unknown> {
  const { name, type, range, values } = column;
  if (task === "regression") return { name, type: "number" };
  if (classes) return { name, type: "category", values: classes };
  if (type === "boolean") return { name, type };
  if (type === "integer") return { name, type, min: Math.min(0, Number(range?.min)), max: Number(range?.max) };
  if (type === "category" && values)
    return { name, type, values: values.map(({ value }) => value).sort((a, b) => (a < b ? -1 : 1)) };
  throw new WrongInputError(
    `the label ${printable(name)} of ${file} seems to be ${type}, and cannot be classes: name them with --classes, or say --task regression`,
  );
}

function featureColumn(file: string, { name, type, missing }: ColumnSummary): Record<string, unknown> {
  const optional = missing > 0 ? { optional: true } : {};
  if (["number", "integer", "empty"].includes(type)) return { name, type: "number", ...optional };
  if (type === "boolean") return { name, type, ...optional };
  throw new WrongInputError(
    `the column ${printable(name)} of ${file} is ${type}, and models take numbers: encode it as in training, leave it out with --without, or give the project that says how with --project`,
  );
}

/** A definition that says of each column of a file what the models see. */
function schemaOf(
  { file, columns }: FileContent,
  { label: wanted, task: given, classes, without, slices }: ComparisonOptions,
) {
  for (const name of [...without, ...slices.map(({ column }) => column), ...(wanted === undefined ? [] : [wanted])])
    if (!columns.some((column) => column.name === name)) throw new WrongInputError(`${file} has no column ${name}`);
  if (wanted === undefined) throw new WrongInputError("say which column is to be predicted: --label <column>");
  const label = columns.find(({ name }) => name === wanted) as ColumnSummary;
  const task = given ?? taskOf(label);
  const sliced = new Set(slices.map(({ column }) => column));
  const schema = columns.map((column) => {
    const { name, values } = column;
    if (name === wanted) return labelColumn(file, column, task, classes);
    if (!without.includes(name)) return featureColumn(file, column);
    const named =
      sliced.has(name) && values ? { type: "category", values: values.map(({ value }) => value) } : { type: "text" };
    return { name, ...named, optional: true, feature: false };
  });
  return { task, label: wanted, schema };
}

/** What is compared by where no project says so. Nothing but the comparison is asked of the challenger. */
async function guessed(file: string, options: ComparisonOptions): Promise<Definition> {
  const { task, label, schema } = schemaOf(await contentOf(file), options);
  const metric = options.metric ?? usualMetric[task as keyof typeof usualMetric] ?? "accuracy";
  const definition = {
    model: "comparison",
    task,
    data: { label, schema },
    training: { code: ".", command: "none", environment: "none", compute: "none" },
    gate: {
      metric,
      // A definition has one at least; it is not asked for here.
      thresholds: { [metric]: { min: -Number.MAX_VALUE, max: Number.MAX_VALUE } },
      reuseBudget: options.attempts ?? 1,
      guardrails: options.guardrails,
      slices: options.slices.map(({ column, margin }) => ({ column, ...(margin === undefined ? {} : { margin }) })),
      ...(options.confidence === undefined ? {} : { confidence: options.confidence }),
      ...(options.minEffect === undefined ? {} : { minEffect: options.minEffect }),
    },
    deploy: { app: "none-at-all" },
  };
  const parsed = parseDefinition(JSON.stringify(definition), "what was asked for");
  return { ...parsed, gate: { ...parsed.gate, thresholds: {} } };
}

/** A project's schema and policy, but for what was typed. */
async function ofProject(folder: string, options: ComparisonOptions): Promise<Definition> {
  const file = `${folder}/ratchet.yaml`;
  const source = await readFile(file, "utf8").catch(() => {
    throw new WrongInputError(`${file} is not there, or may not be read`);
  });
  const found = parseDefinition(source, file);
  const { metric, confidence, minEffect, attempts: reuseBudget, guardrails, slices } = options;
  const typed = Object.entries({ metric, confidence, minEffect, reuseBudget }).filter(
    ([, value]) => value !== undefined,
  );
  const gate = {
    ...found.gate,
    ...Object.fromEntries(typed),
    ...(guardrails.length > 0 ? { guardrails: [...guardrails] } : {}),
  };
  if (slices.length > 0 || options.label !== undefined || options.without.length > 0)
    throw new WrongInputError("with --project the label, the features and the slices are those of its ratchet.yaml");
  return { ...found, gate };
}

/**
 * By what two models are compared: a project's schema and policy, or the file's columns.
 * @throws {WrongInputError} when the file cannot be read, or what is asked for does not go with it.
 * @throws {DefinitionError} when a metric is unknown, or the project's definition has a fault.
 */
export async function comparisonDefinition(
  file: string,
  project: string | undefined,
  options: ComparisonOptions,
): Promise<Definition> {
  try {
    return await (project === undefined ? guessed(file, options) : ofProject(project, options));
  } catch (error) {
    if (project === undefined && error instanceof DefinitionError) throw new WrongInputError(error.message);
    throw error;
  }
}
