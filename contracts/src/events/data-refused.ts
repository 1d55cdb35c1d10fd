import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { batchId, modelName, openWord } from "../names.ts";

/** Why files are refused. */
const refusalCodes = [
  "empty-file",
  "malformed",
  "schema-mismatch",
  "too-large",
  "already-admitted",
  "superseded",
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export const dataRefused = defineContract({
  type: "ratchet.data.refused.v1",
  kind: "event",
  statedBy: ["data-watcher"],
  description: "A dropped file was not admitted; nothing of it was kept.",
  data: z.object({
    model: modelName,
    file: z.string().describe("Path of the dropped file in `drops`."),
    code: openWord(refusalCodes),
    reason: z.string().min(1).describe("What is wrong and what to do about it, in a sentence."),
    row: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe("1-based line of the file, the header being line 1; of a Parquet file its row."),
    column: z.string().optional().describe("Name of the column."),
    batch: batchId.optional().describe("The batch that holds the same content, where it is already admitted."),
  }),
  subject: ({ model, file }) => `models/${model}/drops/${file}`,
  example: {
    model: "digits",
    file: "digits/2026-11-23/part-2.csv",
    code: "schema-mismatch",
    reason: '"two hundred" is not a number',
    row: 17,
    column: "pixel301",
  },
});
export type DataRefused = ReturnType<typeof dataRefused.parse>;
