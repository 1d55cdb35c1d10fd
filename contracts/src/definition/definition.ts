import { z } from "zod";
import { modelName } from "../names.ts";
import { byteSize } from "./byte-size.ts";
import type { Column } from "./column.ts";
import { columnDefinition, countColumns, expandColumns, mostColumns } from "./columns.ts";
import { duration } from "./duration.ts";
import { metricsFor } from "./metrics.ts";
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

const scoring = z.strictObject({
  memory: byteSize
    .prefault("1GiB")
    .refine((bytes) => bytes >= 64 * 2 ** 20, "must be at least 64MiB: ONNX Runtime takes some of it itself")
    .describe(
      "What scoring with one model may take of memory, three times the model's file at least. A challenger that needs more is rejected.",
    ),
  time: duration
    .prefault("10m")
    .refine((time) => time >= 1000 && time <= 3_600_000, "must be from 1s to 1h")
    .describe("How long one model may compute for all rows that judge. A challenger that takes longer is rejected."),
});

const bound = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, "a threshold needs min, max or both");

const gate = z.strictObject({
  metric: z.string(),
  /** By how many held-out rows a first champion is judged at least; with fewer it waits for more. */
  minRows: z.number().int().min(1).default(30),
  /** The improvement of the metric that the lower confidence bound must exceed. */
  minEffect: z.number().min(0).default(0),
  confidence: z.number().min(0.5).lt(1).default(0.95),
  /** How many challengers one holdout may judge; each gets (1 - confidence) / reuseBudget. */
  reuseBudget: z.number().int().min(1).default(20),
  holdoutMaxAge: duration.prefault("90d"),
  cooldown: duration.prefault("0s"),
  /** Absolute demands on the challenger; the only ones where there is no champion yet. */
  thresholds: z
    .record(z.string(), bound)
    .refine(
      (record) => Object.keys(record).length > 0,
      "at least one absolute threshold is needed to judge a first model",
    ),
  /** Metrics that may not get worse by more than `margin`. */
  guardrails: z.array(z.strictObject({ metric: z.string(), margin: z.number().min(0) })).default([]),
  /** Groups of rows, by a column's value, in which the metric may not get worse by more than `margin`. */
  slices: z
    .array(
      z.strictObject({
        column: z.string(),
        margin: z.number().min(0).default(0.02),
        minRows: z.number().int().min(1).default(200),
      }),
    )
    .default([]),
  /** Whether the file `trigger` beside a run's model has a vote: `required` holds back a challenger whose run did not write it. */
  triggerFile: z.enum(["ignored", "required"]).default("ignored"),
  scoring: scoring.prefault({}),
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

function gateFaults(
  columns: readonly Column[],
  { task, gate: judged }: { readonly task: Task; readonly gate: z.infer<typeof gate> },
  fault: Fault,
): void {
  const metrics = metricsFor(task);
  const known = `a ${task} has ${metrics.join(", ")}`;
  if (!metrics.includes(judged.metric)) fault(["gate", "metric"], `unknown metric ${judged.metric}; ${known}`);
  for (const metric of Object.keys(judged.thresholds))
    if (!metrics.includes(metric)) fault(["gate", "thresholds", metric], `unknown metric ${metric}; ${known}`);
  for (const [index, { metric }] of judged.guardrails.entries())
    if (!metrics.includes(metric)) fault(["gate", "guardrails", index, "metric"], `unknown metric ${metric}; ${known}`);
  for (const [index, { column }] of judged.slices.entries())
    if (!columns.some(({ name }) => name === column))
      fault(["gate", "slices", index, "column"], `no column of the schema is named ${column}`);
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
