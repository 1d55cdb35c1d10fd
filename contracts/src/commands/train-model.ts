import { z } from "zod";
import { beyondBudget } from "../documents/beyond-budget.ts";
import { defineContract } from "../envelope.ts";
import { type Json, shortDigest } from "../identity.ts";
import { batchId, modelName } from "../names.ts";

const inputOf = (batches: readonly string[], again?: string): Json => ({
  batches: [...new Set(batches)].sort(),
  again,
});

export const trainModel = defineContract({
  type: "ratchet.train-model.v1",
  kind: "command",
  description: "Train a challenger on the named batches, warm-started from the champion where the definition says so.",
  data: z.object({
    model: modelName,
    batches: z.array(batchId).min(1).describe("All batches to train on."),
    reason: z.enum(["data", "schedule", "request"]).describe("What asked for the training."),
    again: z
      .string()
      .optional()
      .describe("Set to train even where a run on the same input has ended: the id of the request that asks for it."),
    coldStart: z
      .boolean()
      .optional()
      .describe("Set to begin anew and not from the champion, whatever the definition says."),
    beyondBudget: beyondBudget
      .optional()
      .describe("Set by an operator to train though the model's training.budget is used up: why, and who says so."),
    waited: z
      .boolean()
      .optional()
      .describe("Set where this is no new wish but the word to take up what waits in the model's training slot."),
  }),
  // The input is part of the identity: one cause may ask twice, the second time with batches that came in between.
  subject: ({ model, batches, again }) => `models/${model}/inputs/${shortDigest(inputOf(batches, again))}`,
  example: { model: "digits", batches: ["3f1c9a0b5d7e2468", "a1b2c3d4e5f60718"], reason: "data" },
});
export type TrainModel = ReturnType<typeof trainModel.parse>;
