import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { batchId, modelName } from "../names.ts";

export const admitBatch = defineContract({
  type: "ratchet.admit-batch.v1",
  kind: "command",
  description: "Admit a batch that is in quarantine: it trains and judges from then on.",
  data: z.object({
    model: modelName,
    batch: batchId,
    reason: z.string().min(1),
    requestedBy: z.string().optional(),
    train: z
      .boolean()
      .optional()
      .describe("Whether to train at once on what the model then has, from the beginning and not from the champion."),
  }),
  subject: ({ model, batch }) => `models/${model}/batches/${batch}`,
  example: {
    model: "digits",
    batch: "3f1c9a0b5d7e2468",
    reason: "another camera, as announced",
    requestedBy: "operator@example.com",
    train: true,
  },
});
export type AdmitBatch = ReturnType<typeof admitBatch.parse>;
