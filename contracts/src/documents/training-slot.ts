import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { batchId, modelName, modelVersion, runId } from "../names.ts";

const reason = z.enum(["data", "schedule", "request"]);

/** The training slot of a model: `training/<model>/slot.json`, owned by the training-runner. One run holds it at a time. */
export const trainingSlot = defineDocument({
  name: "training slot",
  description: "Which run trains a model now, and what waits behind it.",
  schema: z.object({
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
  }),
  example: {
    model: "digits",
    nextVersion: 8,
    running: {
      runId: "digits-0f1e2d3c4b5a6978",
      version: "7",
      batches: ["3f1c9a0b5d7e2468"],
      definitionVersion: "1f2e3d4c5b6a7980",
      warmStart: { version: "6", runId: "digits-1a2b3c4d5e6f7081" },
      reason: "request",
      again: "2026-11-23T08:59:00.000Z",
      command: "4272be85143167ef0cbfe50baba5903e",
      claimedAt: "2026-11-23T09:00:00.000Z",
    },
    waiting: { batches: ["3f1c9a0b5d7e2468", "a1b2c3d4e5f60718"], reason: "data", again: "a request" },
    last: { runId: "digits-1a2b3c4d5e6f7081", definitionVersion: "1f2e3d4c5b6a7980", batches: ["3f1c9a0b5d7e2468"] },
    ended: ["digits-1a2b3c4d5e6f7081"],
    commands: ["4272be85143167ef0cbfe50baba5903e"],
  },
});
export type TrainingSlot = DocumentOf<typeof trainingSlot>;
