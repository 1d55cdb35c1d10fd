import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { batchId, modelName } from "../names.ts";

/** What an operator says of one batch. */
const data = z.object({
  model: modelName,
  batch: batchId,
  reason: z.string().min(1),
  requestedBy: z.string().optional(),
  train: z
    .boolean()
    .optional()
    .describe("Whether to train at once on what the model then has, from the beginning and not from the champion."),
});
const example = {
  model: "digits",
  batch: "3f1c9a0b5d7e2468",
  reason: "the camera was upside down",
  requestedBy: "operator@example.com",
  train: true,
};

export const withdrawBatch = defineContract({
  type: "ratchet.withdraw-batch.v1",
  kind: "command",
  description:
    "Take a batch out, admitted or in quarantine: it neither trains nor judges any more. It is kept, and can be restored.",
  data,
  subject: ({ model, batch }) => `models/${model}/batches/${batch}`,
  example,
});
export type WithdrawBatch = ReturnType<typeof withdrawBatch.parse>;

export const restoreBatch = defineContract({
  type: "ratchet.restore-batch.v1",
  kind: "command",
  description: "Take a batch back that was withdrawn: it is what it was before, admitted or in quarantine.",
  data,
  subject: ({ model, batch }) => `models/${model}/batches/${batch}`,
  example: { ...example, reason: "the camera was right after all" },
});
export type RestoreBatch = ReturnType<typeof restoreBatch.parse>;
