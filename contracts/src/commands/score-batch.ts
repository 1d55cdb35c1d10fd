import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { batchId, modelName } from "../names.ts";

export const scoreBatch = defineContract({
  type: "ratchet.score-batch.v1",
  kind: "command",
  description: "Say what the champion makes of a batch that is not admitted yet, beside what it makes of others.",
  data: z.object({
    model: modelName,
    batch: batchId,
    file: z.string().min(1).describe("Path in `drops` of the file that became the batch."),
    etag: z.string().min(1).describe("ETag of the dropped blob, unquoted: which version of the file."),
  }),
  subject: ({ model, batch }) => `models/${model}/batches/${batch}`,
  example: {
    model: "digits",
    batch: "3f1c9a0b5d7e2468",
    file: "digits/2026-11-23/part-1.csv",
    etag: "0x8DE2A1B2C3D4E5F",
  },
});
export type ScoreBatch = ReturnType<typeof scoreBatch.parse>;
