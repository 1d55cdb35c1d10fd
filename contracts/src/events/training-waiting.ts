import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, openWord } from "../names.ts";

export const trainingWaiting = defineContract({
  type: "ratchet.training.waiting.v1",
  kind: "event",
  statedBy: ["training-runner"],
  description: "Training is due and does not begin yet; it goes on by itself, and an operator may allow it now.",
  data: z.object({
    model: modelName,
    cause: openWord(["budget"]).describe("What it waits for."),
    reason: z.string().min(1).describe("Why it does not begin, in a sentence."),
    batches: z.number().int().min(1).describe("How many batches it is to train on."),
    since: z.iso.datetime(),
    until: z.iso.datetime().describe("When it begins if nothing changes."),
  }),
  subject: ({ model }) => `models/${model}/training`,
  example: {
    model: "digits",
    cause: "budget",
    reason: "101.5 of the 100 hours of training.budget are used up",
    batches: 12,
    since: "2026-11-23T09:00:00.000Z",
    until: "2026-11-24T09:00:00.000Z",
  },
});
export type TrainingWaiting = ReturnType<typeof trainingWaiting.parse>;
