import { z } from "zod";
import { modelName } from "../names.ts";
import type { Column } from "./column.ts";
import { columnDefinition, countColumns, expandColumns, mostColumns } from "./columns.ts";
import { duration } from "./duration.ts";
import { gate } from "./gate.ts";
import { metricsFor, readMetric } from "./metrics.ts";
import { suspicion, suspicionThresholds } from "./suspicion-policy.ts";

/** The formats of dropped files, `any` for all of them. Each has a reader in `formats`; what is written for training is CSV always. */
export const inputFormats = ["any", "csv", "jsonl", "parquet"] as const;
export type InputFormat = (typeof inputFormats)[number];

const columnNames = z.union([
  z
    .string()
    .min(1)
    .transform((name) => [name]),
  z.array(z.string().min(1)).min(1),
]);

const data = z.strictObject({
  format: z
    .enum(inputFormats)
    .default("any")
    .describe("Which files are taken, told by their content; each may be compressed by gzip or zstd."),
  label: z.string().min(1),
  schema: z.array(columnDefinition).min(2, "a schema has at least a label and one feature"),
  /** The share of rows that judge and never train: chosen by a hash of the row or of its group, or the newest. */
  holdout: z.number().gt(0).max(0.5).default(0.2),
  key: columnNames
    .optional()
    .describe("The columns that make a row distinct: a later row with the same key replaces the earlier one."),
  group: columnNames
    .optional()
    .describe("The columns by which rows belong together: all of a group train, or all of it judge."),
  time: z.string().min(1).optional().describe("The date by which the newest rows judge, and only older ones train."),
  quietPeriod: duration.prefault("60s"),
  maxWait: duration.prefault("15m"),
  /** The largest file that is admitted, in bytes. */
  maxBytes: z
    .number()
    .int()
    .positive()
    .default(10 * 1024 ** 3),
  suspicion,
  suspicionThresholds,
});

function wholeNumberTo(most: number) {
  const message = `must be a whole number from 1 to ${most}`;
  return z.number().int(message).min(1, message).max(most, message);
}

const training = z.strictObject({
  code: z.string().min(1).describe("The folder with the training code, relative to ratchet.yaml."),
  command: z.string().min(1),
  environment: z.string().min(1).describe("A container image for the Azure ML environment."),
  compute: z.string().min(1).describe("The compute of the workspace that runs the job."),
  // A cluster of Azure ML has up to 100 nodes where they talk to each other fast (learn.microsoft.com/azure/machine-learning/how-to-manage-quotas).
  instances: wholeNumberTo(100)
    .default(1)
    .describe(
      "On how many machines of the compute a run trains. A budget counts a run's hours, however many these are.",
    ),
  processesPerInstance: wholeNumberTo(64)
    .default(1)
    .describe("How many processes train on each machine, usually one for each GPU; all run the same command."),
  timeout: duration.prefault("7d").describe("How long a job may run before it is stopped."),
  startTimeout: duration
    .prefault("24h")
    .describe("How long a job may wait for a place on its compute before it is cancelled; its run has failed then."),
  attempts: z
    .number()
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe(
      "How often a run that fails is tried in all. One that was cancelled or took too long is not tried again.",
    ),
  budget: z
    .strictObject({
      hours: z.number().positive().describe("How many hours runs may take."),
      period: duration.prefault("30d").describe("Within any period of this length."),
    })
    .optional()
    .describe("Beyond it, due training waits until enough lies a period back, or an operator allows it."),
  warmStart: z.boolean().default(true),
  environmentVariables: z.record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), z.string()).default({}),
});

/** How long something is kept at least, in days: whoever has just begun to use it must have come to its end. */
const keptFor = (fewest: number) =>
  duration.refine(
    (kept) => kept >= fewest * 86_400_000,
    `must be at least ${fewest}d: what is in use must be left alone`,
  );

const retention = z.strictObject({
  runs: keptFor(7)
    .optional()
    .describe(
      "How long what a run has left is kept: its model and what it has printed. Those of the champion, of the release before it, and of whatever is under way are always kept; all are where this is left out.",
    ),
  drops: keptFor(7)
    .optional()
    .describe(
      "How long it is kept what became of a dropped file, admitted or refused and why, from when that was told; for ever where this is left out. What was admitted stays in the log of admissions.",
    ),
  packages: keptFor(7)
    .optional()
    .describe(
      "How long packages of releases are kept, from when they were made. Those of the champion, of the release before it, and of a deployment that is under way are always kept; all are where this is left out.",
    ),
  data: keptFor(2)
    .prefault("30d")
    .describe(
      "How long files of rows and indexes are kept that no data set of this time has. They are made anew from the admitted batches where they are needed.",
    ),
});

const deploy = z.strictObject({
  /** The function app (with a staging slot) that serves the model. */
  app: z.string().regex(/^[a-z][a-z0-9-]{1,58}$/, "must be a function app's name: lower-case letters, digits, hyphens"),
  /** How many golden predictions the staging slot must reproduce. */
  smoke: z.number().int().min(1).max(1000).default(20),
});

type Fault = (path: readonly (string | number)[], message: string) => void;

type Task = "classification" | "regression";

function labelFault(label: Column | undefined, name: string, task: Task): string | undefined {
  if (!label) return `no column of the schema is named ${name}`;
  if (label.optional) return "the label cannot be optional";
  if (label.default !== undefined) return "the label cannot have a default: rows without a label teach nothing";
  if (task === "classification" && classesOf(label) === undefined)
    return "a classification's label is a category, a boolean, or an integer with min and max";
  if (task === "regression" && label.type !== "number" && label.type !== "integer")
    return "a regression's label is a number or an integer";
  return undefined;
}

function schemaFaults(
  columns: readonly Column[],
  { task, data: { label: name } }: { readonly task: Task; readonly data: z.infer<typeof data> },
  fault: Fault,
): void {
  const seen = new Set<string>();
  for (const { name, was = [] } of columns)
    for (const one of [name, ...was]) {
      if (seen.has(one)) fault(["data", "schema"], `the column ${one} is defined twice`);
      seen.add(one);
    }
  const wrong = labelFault(
    columns.find((column) => column.name === name),
    name,
    task,
  );
  if (wrong !== undefined) fault(["data", "label"], wrong);
  if (columns.every((column) => !column.feature || column.name === name))
    fault(["data", "schema"], "no column is left as a feature");
}

/** What is wrong with how rows are told apart and split. */
function splitFaults(
  columns: readonly Column[],
  { label, key = [], group, time, quietPeriod, maxWait }: z.infer<typeof data>,
  fault: Fault,
): void {
  const check = (field: "key" | "group" | "time", names: readonly string[]): void => {
    for (const name of names) {
      const column = columns.find((one) => one.name === name);
      if (!column) fault(["data", field], `no column of the schema is named ${name}`);
      else if (name === label) fault(["data", field], `${name} is the label, which may be corrected`);
      else if (column.optional) fault(["data", field], `${name} is optional: every row needs its ${field}`);
      else if (field === "time" && column.type !== "date")
        fault(["data", "time"], `${name} is of the type ${column.type}, and has to be a date`);
    }
  };
  check("key", key);
  check("group", group ?? []);
  check("time", time === undefined ? [] : [time]);
  if (group && time !== undefined)
    fault(["data", "time"], "rows are split by group or by time, not by both; leave one of them out");
  if (maxWait < quietPeriod) fault(["data", "maxWait"], "maxWait must not be shorter than quietPeriod");
}

/** What is wrong with a metric's name. */
function metricFault(
  text: string,
  { task, data: { label: name } }: Judged,
  columns: readonly Column[],
): string | undefined {
  const metrics = metricsFor(task);
  const { name: metric, of } = readMetric(text) ?? {};
  const isOfTask = metrics.some((known) => known === metric || known.startsWith(`${metric}(`));
  if (metric === undefined || !isOfTask) return `unknown metric ${text}; a ${task} has ${metrics.join(", ")}`;
  if (metric === "quantile-loss" && !(Number(of) > 0 && Number(of) < 1))
    return `${text} is of ${of}, and a quantile is a number between 0 and 1`;
  const label = columns.find((column) => column.name === name);
  if (metric === "f1" && label && !classesOf(label)?.includes(of ?? "")) return `${name} has no class ${of}`;
  return undefined;
}

interface Judged {
  readonly task: Task;
  readonly data: z.infer<typeof data>;
  readonly gate: z.infer<typeof gate>;
}

function costFaults(
  { task, data: { label: name }, gate: { costs } }: Judged,
  columns: readonly Column[],
  fault: Fault,
): void {
  if (costs === undefined) return;
  if (task !== "classification") fault(["gate", "costs"], "mistakes of a regression have no costs by class");
  const label = columns.find((column) => column.name === name);
  const classes = (label && classesOf(label)) ?? [];
  const check = (one: string, path: readonly string[]): void => {
    if (!classes.includes(one)) fault(["gate", "costs", ...path], `${name} has no class ${one}`);
  };
  for (const [actual, row] of Object.entries(costs)) {
    check(actual, [actual]);
    for (const said of Object.keys(row)) check(said, [actual, said]);
  }
}

function gateFaults(columns: readonly Column[], judged: Judged, fault: Fault): void {
  const { metric: primary, thresholds, guardrails, slices, costs } = judged.gate;
  const named = [
    { path: ["metric"], metric: primary },
    ...Object.keys(thresholds).map((metric) => ({ path: ["thresholds", metric], metric })),
    ...guardrails.map(({ metric }, index) => ({ path: ["guardrails", index, "metric"], metric })),
  ];
  for (const { path, metric } of named) {
    const wrong = metricFault(metric, judged, columns);
    if (wrong !== undefined) fault(["gate", ...path], wrong);
    else if (metric === "cost" && costs === undefined)
      fault(["gate", ...path], "cost is by gate.costs, which is missing: say there what each mistake costs");
  }
  costFaults(judged, columns, fault);
  for (const [index, { column, demand, margin }] of slices.columns.entries()) {
    const path = slices.path === undefined ? ["slices", index] : ["slices", slices.path, index];
    if (!columns.some(({ name }) => name === column))
      fault(["gate", ...path, "column"], `no column of the schema is named ${column}`);
    if (demand === "harm-excluded" && margin === 0)
      fault(
        ["gate", ...path],
        "to exclude any harm at all would take a better challenger in each slice: give it a margin",
      );
  }
}

/** `ratchet.yaml`: all that Ratchet has to know of a model. */
export const definitionSchema = z
  .strictObject({
    model: modelName,
    task: z.enum(["classification", "regression"]),
    data,
    training,
    gate,
    deploy,
    retention: retention.prefault({}),
    schedule: z
      .string()
      .regex(/^(\S+\s+){5}\S+$/, 'must be an NCRONTAB expression of six fields, seconds first, e.g. "0 0 6 * * 1"')
      .optional(),
  })
  .superRefine((definition, context) => {
    const fault: Fault = (path, message) => context.addIssue({ code: "custom", path: [...path], message });
    const width = countColumns(definition.data.schema);
    if (width > mostColumns)
      return fault(["data", "schema"], `the schema stands for ${width} columns and may for ${mostColumns}`);
    const columns = expandColumns(definition.data.schema);
    schemaFaults(columns, definition, fault);
    splitFaults(columns, definition.data, fault);
    gateFaults(columns, definition, fault);
  });

export type Definition = Readonly<z.infer<typeof definitionSchema>>;

/** The names of a label's classes in the order of their indices; undefined where the label has none. */
export function classesOf(label: {
  readonly type: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly values?: readonly string[] | undefined;
}): readonly string[] | undefined {
  if (label.type === "category") return label.values;
  if (label.type === "boolean") return ["false", "true"];
  const { min, max } = label;
  if (label.type !== "integer" || min === undefined || max === undefined || max - min > 9999) return undefined;
  return Array.from({ length: max - min + 1 }, (_, index) => String(min + index));
}
