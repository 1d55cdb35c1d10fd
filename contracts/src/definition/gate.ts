import { z } from "zod";
import { byteSize } from "./byte-size.ts";
import { duration } from "./duration.ts";
import { limits } from "./limits.ts";

const bound = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, "a threshold needs min, max or both");

/** What is asked of slices. */
export const sliceDemands = ["no-harm-shown", "harm-excluded"] as const;
export type SliceDemand = (typeof sliceDemands)[number];

const demand = z.enum(sliceDemands);

const slice = z.strictObject({
  column: z.string(),
  margin: z
    .number()
    .min(0)
    .optional()
    .describe("By how much the metric may get worse in a slice, in its own unit; 0 where nothing is said."),
  minRows: z.number().int().min(1).default(200).describe("Smaller slices are reported, and hold nothing back."),
  demand: demand.optional(),
});

const auto = z
  .boolean()
  .default(false)
  .describe("Whether the slices that come off worst are looked for by each column of few values, and reported.");

const slices = z.union([
  z.literal("auto"),
  z.array(slice),
  z.strictObject({
    columns: z.array(slice).default([]),
    auto,
    demand: demand
      .default("no-harm-shown")
      .describe(
        "no-harm-shown: a challenger is refused where it is shown to be worse in a slice. harm-excluded: it is held until it is shown not to be worse, which takes many rows in each.",
      ),
  }),
]);

/** Slices as they were written, in one form. */
function oneForm(written: z.infer<typeof slices>) {
  const {
    columns,
    auto: looked,
    demand: usual,
  } = written === "auto"
    ? { columns: [], auto: true, demand: "no-harm-shown" as const }
    : Array.isArray(written)
      ? { columns: written, auto: false, demand: "no-harm-shown" as const }
      : written;
  return {
    auto: looked,
    columns: columns.map(({ demand: own = usual, margin = 0, ...rest }) => ({ ...rest, margin, demand: own })),
    /** Under which field of `slices` the columns were written; undefined where that is a list itself. */
    path: Array.isArray(written) ? undefined : "columns",
  };
}

const guardedMetric = z.strictObject({ metric: z.string(), margin: z.number().min(0) });

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

export const gate = z.strictObject({
  metric: z
    .string()
    .describe(
      "By what challengers have to be better: a metric's name, that of a class or a quantile as f1(spam), quantile-loss(0.9).",
    ),
  /** By how many held-out rows a first champion is judged at least; with fewer it waits for more. */
  minRows: z.number().int().min(1).default(30),
  /** The improvement of the metric that the lower confidence bound must exceed. */
  minEffect: z.number().min(0).default(0),
  worth: z
    .number()
    .positive()
    .optional()
    .describe(
      "An improvement beyond minEffect that should not be missed: by it the verdict says how many rows would be enough. 0.01 where nothing is said; of metrics without an upper end 5 % of the champion's.",
    ),
  confidence: z.number().min(0.5).lt(1).default(0.95),
  /** How many challengers one holdout may judge; each gets (1 - confidence) / reuseBudget. */
  reuseBudget: z.number().int().min(1).default(20),
  reveal: z
    .enum(["decision", "numbers"])
    .default("numbers")
    .describe(
      "What is told of a judgement as long as the rows that made it may judge others: its numbers, or the decision alone. Whoever trains by the numbers learns these rows, and is promoted by them in the end.",
    ),
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
  guardrails: z.array(guardedMetric).default([]),
  limits: limits
    .prefault({})
    .describe("What a challenger may cost beside its quality. Nothing is limited that is not named."),
  costs: z
    .record(z.string(), z.record(z.string(), z.number()))
    .optional()
    .describe(
      "What mistakes cost, for the metric cost: by the class that a row is of, then by the one that it is said to be. A mistake that is not named costs 1, what is right 0.",
    ),
  slices: slices
    .prefault([])
    .transform(oneForm)
    .describe("Groups of rows, by a column's value, in which the metric may not get worse by more than a margin."),
  /** Whether the file `trigger` beside a run's model has a vote: `required` holds back a challenger whose run did not write it. */
  triggerFile: z.enum(["ignored", "required"]).default("ignored"),
  scoring: scoring.prefault({}),
});
