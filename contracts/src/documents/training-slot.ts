import { z } from "zod";
import { batchId, modelName, modelVersion, runId } from "../names.ts";

const reason = z.enum(["data", "schedule", "request"]);

/** The training slot of a model: `training/<model>/slot.json`, owned by the training-runner. One run holds it at a time. */
export const trainingSlot = z.object({
  model: modelName,
  /** The number that the next run's model version gets. */
  nextVersion: z.number().int().min(1),
  running: z
    .object({
      runId,
      version: modelVersion,
      batches: z.array(batchId).min(1),
      definitionVersion: z.string(),
      warmStart: z.object({ version: modelVersion, runId }).nullable(),
      reason,
      again: z.string().optional(),
      /** The id of the train-model message that claimed the slot. */
      command: z.string(),
      claimedAt: z.iso.datetime(),
    })
    .nullable(),
  /** What was asked for while a run held the slot: one run, on all that was asked. */
  waiting: z.object({ batches: z.array(batchId).min(1), reason, again: z.string().optional() }).nullable(),
  /** The run that held the slot last. */
  last: z.object({ runId, definitionVersion: z.string(), batches: z.array(batchId) }).nullable(),
  /** Runs that have ended, newest last, bounded: none of them runs again. */
  ended: z.array(runId),
  /** Ids of the train-model messages taken in, newest last, bounded: a redelivered one is not a new wish. */
  commands: z.array(z.string()),
});
export type TrainingSlot = z.infer<typeof trainingSlot>;
