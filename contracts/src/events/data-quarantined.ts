import { z } from "zod";
import { findingInBrief } from "../documents/batch-evidence.ts";
import { defineContract } from "../envelope.ts";
import { batchId, modelName, sha256 } from "../names.ts";

/** Why a batch stands out, as far as it is told: all of it is in its evidence. */
export const suspicionInBrief = z.object({
  summary: z.string().describe("All of it in a sentence."),
  found: z.number().int().min(0).describe("How many findings there are."),
  findings: z.array(findingInBrief).describe("The heaviest of them."),
  compared: z
    .object({
      rows: z.number().int().min(0),
      rowsBefore: z.number().int().min(0),
      columns: z.number().int().min(0),
      tests: z.number().int().min(0),
      alpha: z.number(),
    })
    .describe("What was compared, and the share of batches like those before that may stand out by chance."),
});
export type SuspicionInBrief = Readonly<z.infer<typeof suspicionInBrief>>;

/** So many findings are named in a message. */
export const mostFindingsNamed = 5;

export const suspicionExample: SuspicionInBrief = {
  summary: "Labels go with the features 3.1 % as much as before. It alone stands out in 1402 comparisons.",
  found: 1,
  findings: [
    {
      kind: "label-fit",
      column: "label",
      sentence: "Labels go with the features 3.1 % as much as before.",
      probability: 1e-9,
      effect: 0.969,
      limit: 0.2,
    },
  ],
  compared: { rows: 1200, rowsBefore: 4500, columns: 785, tests: 1402, alpha: 0.01 },
};

export const dataQuarantined = defineContract({
  type: "ratchet.data.quarantined.v1",
  kind: "event",
  statedBy: ["data-watcher"],
  description:
    "A batch stands out from those before it: it is kept, and not used until somebody admits or withdraws it.",
  data: z.object({
    model: modelName,
    batch: batchId,
    file: z.string().describe("Path of the dropped file in `drops`."),
    contentSha256: sha256,
    bytes: z.number().int().positive(),
    rows: z.object({ train: z.number().int().min(0), holdout: z.number().int().min(0) }),
    suspicion: suspicionInBrief.describe("Why it stands out."),
  }),
  subject: ({ model, batch }) => `models/${model}/batches/${batch}`,
  example: {
    model: "digits",
    batch: "3f1c9a0b5d7e2468",
    file: "digits/2026-11-23/part-1.csv",
    contentSha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    bytes: 1_048_576,
    rows: { train: 960, holdout: 240 },
    suspicion: suspicionExample,
  },
});
export type DataQuarantined = ReturnType<typeof dataQuarantined.parse>;
