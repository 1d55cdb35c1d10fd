import { z } from "zod";
import { beyondBudget } from "../documents/beyond-budget.ts";
import { defineContract } from "../envelope.ts";
import { type Json, shortDigest } from "../identity.ts";
import { batchId, modelName } from "../names.ts";

/** Up to where: all that was admitted where it does not say. Messages from before data was named by position list batches. */
type Upto = { readonly through?: number | undefined; readonly batches?: readonly string[] | undefined };

const inputOf = ({ through, batches }: Upto, again?: string): Json => ({
  through,
  batches: batches && [...new Set(batches)].sort(),
  again,
});

export const trainModel = defineContract({
  type: "ratchet.train-model.v1",
  kind: "command",
  description:
    "Train a challenger on what the model has admitted, warm-started from the champion where the definition says so.",
  data: z.object({
    model: modelName,
    through: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe(
        "The position in the model's log of admissions up to which it is to be trained on; all where it is absent.",
      ),
    batches: z
      .array(batchId)
      .min(1)
      .optional()
      .describe("Batches, in messages from before `through`: read and not heeded, all that is admitted is trained on."),
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
  // The input is part of the identity: one cause may ask twice, the second time with what came in between.
  subject: ({ model, again, ...upto }) => `models/${model}/inputs/${shortDigest(inputOf(upto, again))}`,
  example: { model: "digits", through: 17, reason: "data" },
});
export type TrainModel = ReturnType<typeof trainModel.parse>;
