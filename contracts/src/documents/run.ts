import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { batchId, modelName, modelVersion, runId } from "../names.ts";

/** One training run with its lineage: `training/<model>/runs/<runId>.json`, owned by the training-runner. */
export const run = defineDocument({
  name: "run",
  description: "One training run with its lineage.",
  schema: z.object({
    model: modelName,
    runId,
    version: modelVersion,
    batches: z.array(batchId).min(1),
    definitionVersion: z.string(),
    codeSha256: z.string().optional(),
    warmStart: z.object({ version: modelVersion, runId }).nullable(),
    reason: z.enum(["data", "schedule", "request"]),
    status: z.enum(["claimed", "submitted", "completed", "failed", "canceled", "timed-out"]),
    /** The id of the train-model message that claimed the run, and its trace: the run's end goes on in the same trace. */
    command: z.string().optional(),
    traceparent: z.string().optional(),
    claimedAt: z.iso.datetime(),
    submittedAt: z.iso.datetime().optional(),
    /** When a look first found the job past its queue: its timeout counts from here. */
    startedAt: z.iso.datetime().optional(),
    /** When somebody asked to cancel it. */
    cancelRequestedAt: z.iso.datetime().optional(),
    /** The message that is seeing to the run's end, and since when: of several that tell of it, one acts. */
    concluding: z.object({ by: z.string(), at: z.iso.datetime() }).optional(),
    endedAt: z.iso.datetime().optional(),
    failure: z.string().optional(),
  }),
  example: {
    model: "digits",
    runId: "digits-0f1e2d3c4b5a6978",
    version: "7",
    batches: ["3f1c9a0b5d7e2468"],
    definitionVersion: "1f2e3d4c5b6a7980",
    codeSha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    warmStart: { version: "6", runId: "digits-1a2b3c4d5e6f7081" },
    reason: "data",
    status: "failed",
    command: "4272be85143167ef0cbfe50baba5903e",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    claimedAt: "2026-11-23T09:00:00.000Z",
    submittedAt: "2026-11-23T09:00:02.000Z",
    startedAt: "2026-11-23T09:01:00.000Z",
    cancelRequestedAt: "2026-11-23T09:05:00.000Z",
    concluding: { by: "c1c73895821912732383c055b7770ec5", at: "2026-11-23T09:12:30.000Z" },
    endedAt: "2026-11-23T09:12:30.000Z",
    failure: "the job failed",
  },
});
export type Run = DocumentOf<typeof run>;
