import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName } from "../names.ts";

export const checkTrainingDue = defineContract({
  type: "ratchet.check-training-due.v1",
  kind: "command",
  description: "Look whether a model's quiet period is over and its admitted batches are due for training.",
  data: z.object({ model: modelName }),
  subject: ({ model }) => `models/${model}`,
  example: { model: "digits" },
});
export type CheckTrainingDue = ReturnType<typeof checkTrainingDue.parse>;
