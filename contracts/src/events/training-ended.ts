import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, modelVersion, openWord, runId } from "../names.ts";

export const trainingEnded = defineContract({
  type: "ratchet.training.ended.v1",
  kind: "event",
  statedBy: ["training-runner"],
  description: "A training run has ended, well or not. A completed one has registered its model.",
  data: z.object({
    model: modelName,
    runId,
    status: openWord(["completed", "failed", "canceled", "timed-out"]),
    version: modelVersion.optional().describe("The version that the registry confirmed, where the run completed."),
    startedAt: z.iso.datetime().optional(),
    endedAt: z.iso.datetime(),
    reason: z.string().optional().describe("Why it did not complete."),
    attempt: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe("Which attempt at its input it was, where there may be several."),
    attemptsLeft: z.number().int().min(0).optional().describe("How often its input is tried again, where it failed."),
  }),
  subject: ({ model, runId: run }) => `models/${model}/runs/${run}`,
  example: {
    model: "digits",
    runId: "digits-0f1e2d3c4b5a6978",
    status: "completed",
    version: "7",
    startedAt: "2026-11-23T09:00:00.000Z",
    endedAt: "2026-11-23T09:12:30.000Z",
  },
});
export type TrainingEnded = ReturnType<typeof trainingEnded.parse>;
