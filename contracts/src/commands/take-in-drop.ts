import { z } from "zod";
import { championOnBatch, exampleChampionOnBatch } from "../documents/champion-score.ts";
import { defineContract } from "../envelope.ts";
import { dropIdOf } from "../identity.ts";
import { modelName } from "../names.ts";

export const takeInDrop = defineContract({
  type: "ratchet.take-in-drop.v1",
  kind: "command",
  description: "Take in a dropped file of which no event came, or go on with one where its process ended on the way.",
  data: z.object({
    model: modelName,
    file: z.string().min(1).describe("Path of the dropped file in `drops`."),
    etag: z.string().min(1).describe("ETag of the dropped blob, unquoted: which version of the file."),
    championOnBatch: championOnBatch
      .optional()
      .describe("What the champion makes of the batch that the file has become: the answer to `score-batch`."),
  }),
  subject: ({ model, file, etag }) => `models/${model}/drops/${dropIdOf({ file, etag })}`,
  example: {
    model: "digits",
    file: "digits/2026-11-23/part-1.csv",
    etag: "0x8DE2A1B2C3D4E5F",
    championOnBatch: exampleChampionOnBatch,
  },
});
export type TakeInDrop = ReturnType<typeof takeInDrop.parse>;
