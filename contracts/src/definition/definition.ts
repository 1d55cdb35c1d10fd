import { z } from "zod";
import { modelName } from "../names.ts";
import { columnDefinition, expandColumns } from "./columns.ts";
import { duration } from "./duration.ts";
import { metricsFor } from "./metrics.ts";

/** The formats of dropped files, `any` for all of them. Each has a reader in `formats`; what is written for training is CSV always. */
export const inputFormats = ["any", "csv", "jsonl", "parquet"] as const;
export type InputFormat = (typeof inputFormats)[number];

const data = z.strictObject({
  format: z
    .enum(inputFormats)
    .default("any")
    .describe("Which files are taken, told by their content; each may be compressed by gzip or zstd."),
  label: z.string().min(1),
  schema: z.array(columnDefinition).min(2, "a schema has at least a label and one feature"),
  /** The share of rows, chosen by hash, that judge and never train. */
  holdout: z.number().gt(0).max(0.5).default(0.2),
  quietPeriod: duration.prefault("60s"),
  maxWait: duration.prefault("15m"),
  /** The largest file that is admitted, in bytes. */
  maxBytes: z
    .number()
    .int()
    .positive()
    .default(10 * 1024 ** 3),
});

const training = z.strictObject({
  code: z.string().min(1).describe("The folder with the training code, relative to ratchet.yaml."),
  command: z.string().min(1),
  environment: z.string().min(1).describe("A container image for the Azure ML environment."),
  compute: z.string().min(1).describe("The compute of the workspace that runs the job."),
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

const bound = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, "a threshold needs min, max or both");

const gate = z.strictObject({
  metric: z.string(),
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
});

const deploy = z.strictObject({
  /** The function app (with a staging slot) that serves the model. */
  app: z.string().regex(/^[a-z][a-z0-9-]{1,58}$/, "must be a function app's name: lower-case letters, digits, hyphens"),
  /** How many golden predictions the staging slot must reproduce. */
  smoke: z.number().int().min(1).max(1000).default(20),
});

/** `ratchet.yaml`: all that Ratchet has to know of a model. */
export const definitionSchema = z
  .strictObject({
    model: modelName,
    task: z.enum(["classification", "regression"]),
    data,
    training,
    gate,
    deploy,
    schedule: z
      .string()
      .regex(/^(\S+\s+){5}\S+$/, 'must be an NCRONTAB expression of six fields, seconds first, e.g. "0 0 6 * * 1"')
      .optional(),
  })
  .superRefine((definition, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    const columns = expandColumns(definition.data.schema);
    const seen = new Set<string>();
    for (const { name } of columns) {
      if (seen.has(name)) fault(["data", "schema"], `the column ${name} is defined twice`);
      seen.add(name);
    }
    const label = columns.find(({ name }) => name === definition.data.label);
    if (!label) fault(["data", "label"], `no column of the schema is named ${definition.data.label}`);
    else if (label.optional) fault(["data", "label"], "the label cannot be optional");
    else if (definition.task === "classification" && classesOf(label) === undefined)
      fault(["data", "label"], "a classification's label is a category, a boolean, or an integer with min and max");
    else if (definition.task === "regression" && label.type !== "number" && label.type !== "integer")
      fault(["data", "label"], "a regression's label is a number or an integer");
    if (columns.every(({ name, feature }) => !feature || name === definition.data.label))
      fault(["data", "schema"], "no column is left as a feature");
    const metrics = metricsFor(definition.task);
    const known = `a ${definition.task} has ${metrics.join(", ")}`;
    if (!metrics.includes(definition.gate.metric))
      fault(["gate", "metric"], `unknown metric ${definition.gate.metric}; ${known}`);
    for (const metric of Object.keys(definition.gate.thresholds))
      if (!metrics.includes(metric)) fault(["gate", "thresholds", metric], `unknown metric ${metric}; ${known}`);
    for (const [index, { metric }] of definition.gate.guardrails.entries())
      if (!metrics.includes(metric))
        fault(["gate", "guardrails", index, "metric"], `unknown metric ${metric}; ${known}`);
    for (const [index, { column }] of definition.gate.slices.entries())
      if (!seen.has(column)) fault(["gate", "slices", index, "column"], `no column of the schema is named ${column}`);
    if (definition.data.maxWait < definition.data.quietPeriod)
      fault(["data", "maxWait"], "maxWait must not be shorter than quietPeriod");
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
