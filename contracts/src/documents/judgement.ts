import { z } from "zod";
import { challenge } from "../commands/evaluate-model.ts";
import { type DocumentOf, defineDocument } from "../document.ts";
import { modelName, modelVersion } from "../names.ts";
import { exampleDataset } from "./dataset.ts";
import { hold } from "./verdict.ts";

/**
 * Where a judgement is. `asked`: it is to be weighed. `weighed`: the holdout has been used for it. `decided`: its verdict is kept
 * and is to be said. `held`: said, and judged again when what holds it changes. At their ends: `said`, and `superseded`, which
 * was held until a newer challenger was asked about.
 */
const states = ["asked", "weighed", "decided", "held", "said", "superseded"] as const;

/** What a judgement depends on, as it was when it was made: each tells by being another that it may come out otherwise. */
const seen = z.object({
  /** ETag of the applied definition; null where none is. */
  definition: z.string().nullable(),
  champion: modelVersion.nullable(),
  /** ETag of the champion's file. */
  championFile: z.string().nullable(),
  /** Digest of the ids of all admitted batches. */
  batches: z.string(),
  /** ETag of the challenger's file. */
  file: z.string().nullable(),
});
export type Seen = z.infer<typeof seen>;

/** The judgement of one version of a model: `verdicts/<model>/judgements/<version>.json`, owned by the evaluator. */
export const judgement = defineDocument({
  name: "judgement",
  description: "Where the judgement of a model's version is, and what it waits for.",
  schema: z.object({
    model: modelName,
    version: modelVersion,
    state: z.enum(states),
    /** When it came to this state. */
    since: z.iso.datetime(),
    /** When somebody should look whether it gets on; absent where it is at its end. */
    lookAt: z.iso.datetime().optional(),
    /** How often it was asked about again because it did not get on. */
    nudges: z.number().int().min(0),
    firstAskedAt: z.iso.datetime(),
    /** What is being answered, or was last. */
    asked: z.object({
      /** Id of the command; it becomes the verdict's cause, and what is said follows from it. */
      command: z.string().min(1),
      at: z.iso.datetime(),
      traceparent: z.string().optional(),
      challenge,
    }),
    /** Ids of the commands taken in, newest last, bounded: a redelivered one asks nothing new. */
    commands: z.array(z.string()),
    /** The comparison that the holdout was used for last. */
    weighed: z.object({ key: z.string(), attempt: z.number().int().min(1) }).optional(),
    /** The cause of the verdict that was said last. */
    said: z.string().optional(),
    /** What holds it, from when that is decided until it is asked about again. */
    held: z
      .object({
        for: z.array(hold).min(1),
        /** When the cooldown is over. */
        until: z.iso.datetime().optional(),
        /** So many held-out rows that have not judged it yet are worth another use of the holdout. */
        newRows: z.number().int().min(1).optional(),
      })
      .optional(),
    /** What it was made by, or is to be, as it was before. */
    seen,
    /** Why it cannot be made for now; it is tried again when what it depends on changes. */
    failure: z
      .object({
        name: z.string(),
        reason: z.string().min(1),
        since: z.iso.datetime(),
      })
      .optional(),
    /** When it was told that it is stuck; absent where it is not, or not yet told. */
    stuckSaid: z.iso.datetime().optional(),
    /** A newer challenger has been asked about: this one is not judged again by itself. */
    newer: modelVersion.optional(),
  }),
  example: {
    model: "digits",
    version: "7",
    state: "held",
    since: "2026-11-23T09:12:40.000Z",
    lookAt: "2026-11-23T09:17:40.000Z",
    nudges: 0,
    firstAskedAt: "2026-11-23T09:12:30.000Z",
    asked: {
      command: "4272be85143167ef0cbfe50baba5903e",
      at: "2026-11-23T09:12:30.000Z",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      challenge: {
        model: "digits",
        version: "7",
        runId: "digits-0f1e2d3c4b5a6978",
        onnx: { container: "runs", path: "digits-0f1e2d3c4b5a6978/model/model.onnx" },
        dataset: exampleDataset,
        trainedOn: [],
      },
    },
    commands: ["4272be85143167ef0cbfe50baba5903e"],
    weighed: { key: "9b74c9897bac770ffc029102a200c5de71e2ee7a8b1c2b3a4d5e6f7081920a1b", attempt: 1 },
    said: "4272be85143167ef0cbfe50baba5903e",
    held: { for: ["cooldown", "rows"], until: "2026-11-24T09:00:00.000Z", newRows: 612 },
    seen: {
      definition: "0x8DE2A1B2C3D4E5F",
      champion: "6",
      championFile: "0x8DE2A1B2C3D4E60",
      batches: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
      file: "0x8DE2A1B2C3D4E61",
    },
    failure: {
      name: "MissingModelError",
      reason: "runs/digits-0f1e2d3c4b5a6978/model/model.onnx is not there: the run has to write model.onnx",
      since: "2026-11-23T09:12:40.000Z",
    },
    stuckSaid: "2026-11-23T09:12:40.000Z",
    newer: "8",
  },
});
export type JudgementRecord = DocumentOf<typeof judgement>;
