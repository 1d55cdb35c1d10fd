import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { batchId, modelName } from "../names.ts";

const data = z.object({
  model: modelName,
  batch: batchId,
  file: z.string().describe("Path in `drops` of the file that became the batch."),
  reason: z.string().min(1),
  requestedBy: z.string().optional(),
});
const example = {
  model: "digits",
  batch: "3f1c9a0b5d7e2468",
  file: "digits/2026-11-23/part-1.csv",
  reason: "the camera was upside down",
  requestedBy: "operator@example.com",
};

export const dataWithdrawn = defineContract({
  type: "ratchet.data.withdrawn.v1",
  kind: "event",
  statedBy: ["data-watcher"],
  description:
    "A batch was taken out: nothing is trained on it or judged by it any more. What was trained on it stays.",
  data,
  subject: ({ model, batch }) => `models/${model}/batches/${batch}`,
  example,
});
export type DataWithdrawn = ReturnType<typeof dataWithdrawn.parse>;

export const dataRestored = defineContract({
  type: "ratchet.data.restored.v1",
  kind: "event",
  statedBy: ["data-watcher"],
  description: "A batch that was withdrawn was taken back: it trains and judges again, unless it is in quarantine.",
  data: data.extend({
    quarantined: z
      .boolean()
      .optional()
      .describe("Whether it is in quarantine, as it was before: it neither trains nor judges until it is admitted."),
  }),
  subject: ({ model, batch }) => `models/${model}/batches/${batch}`,
  example: { ...example, reason: "the camera was right after all", quarantined: true },
});
export type DataRestored = ReturnType<typeof dataRestored.parse>;
