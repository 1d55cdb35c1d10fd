import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { comparison, decision } from "./verdict.ts";

/** One training run as events tell it. Fields appear as their events arrive, in whatever order. */
const runView = z.object({
  runId: z.string(),
  version: z.string().optional(),
  batches: z.number().int().optional(),
  warmStart: z.string().nullable().optional(),
  reason: z.string().optional(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** `running`, or how it has ended. */
  status: z.string().optional(),
  failure: z.string().optional(),
});

const verdictView = z.object({
  version: z.string(),
  runId: z.string().optional(),
  champion: z.string().nullable(),
  decision,
  reasons: z.array(z.string()),
  comparison,
  judgedAt: z.string(),
});

const releaseView = z.object({
  version: z.string(),
  since: z.string(),
  cause: z.string(),
  endpoint: z.string(),
  reason: z.string().optional(),
});
export type ReleaseView = z.infer<typeof releaseView>;

const refusalView = z.object({
  file: z.string(),
  code: z.string(),
  reason: z.string(),
  row: z.number().optional(),
  column: z.string().optional(),
  at: z.string(),
});

/**
 * How many batches, refusals, runs, verdicts and releases a view keeps, of each the newest: to bring it up to date costs
 * the same however long a model's history is. The events themselves are all kept.
 */
export const keptInModelView = 200;

/**
 * What the newest events say of one model: `ledger/models/<model>.json`, owned by the console. It can be rebuilt from them at
 * any time.
 */
export const modelView = defineDocument({
  name: "model view",
  description: "What the newest events say of one model.",
  schema: z.object({
    model: z.string(),
    batches: z.record(
      z.string(),
      z.object({ file: z.string(), train: z.number(), holdout: z.number(), at: z.string() }),
    ),
    refusals: z.record(z.string(), refusalView),
    runs: z.record(z.string(), runView),
    verdicts: z.record(z.string(), verdictView),
    /** Changes of production by event id. */
    releases: z.record(z.string(), releaseView),
  }),
  example: {
    model: "digits",
    batches: {
      "3f1c9a0b5d7e2468": {
        file: "digits/2026-11-23/part-1.csv",
        train: 481,
        holdout: 119,
        at: "2026-11-23T09:00:00.000Z",
      },
    },
    refusals: {
      c1c73895821912732383c055b7770ec5: {
        file: "digits/2026-11-23/part-2.csv",
        code: "schema-mismatch",
        reason: '"two hundred" is not a number',
        row: 17,
        column: "pixel301",
        at: "2026-11-23T09:00:00.000Z",
      },
    },
    runs: {
      "digits-0f1e2d3c4b5a6978": {
        runId: "digits-0f1e2d3c4b5a6978",
        version: "7",
        batches: 1,
        warmStart: null,
        reason: "data",
        startedAt: "2026-11-23T09:00:00.000Z",
        endedAt: "2026-11-23T09:12:30.000Z",
        status: "failed",
        failure: "the job failed",
      },
    },
    verdicts: {
      "7": {
        version: "7",
        runId: "digits-0f1e2d3c4b5a6978",
        champion: null,
        decision: "promote",
        reasons: ["no champion yet, and every threshold is met: accuracy 0.971 (at least 0.5) on 612 rows"],
        comparison: {
          metric: "accuracy",
          challenger: 0.971,
          champion: null,
          improvement: null,
          lowerBound: null,
          alpha: null,
          rows: 612,
          method: "absolute",
        },
        judgedAt: "2026-11-23T09:12:40.000Z",
      },
    },
    releases: {
      "4272be85143167ef0cbfe50baba5903e": {
        version: "7",
        since: "2026-11-23T09:13:00.000Z",
        cause: "forced",
        endpoint: "https://inference-digits.azurewebsites.net",
        reason: "the fair is tomorrow",
      },
    },
  },
});
export type ModelView = DocumentOf<typeof modelView>;
