import { z } from "zod";
import { batchId, modelName, modelVersion, runId } from "../names.ts";

/** One training run with its lineage: `training/<model>/runs/<runId>.json`, owned by the training-runner. */
export const run = z.object({
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
});
export type Run = z.infer<typeof run>;
