import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { batchId, modelName, sha256 } from "../names.ts";
import { suspicionExample, suspicionInBrief } from "./data-quarantined.ts";

export const dataAdmitted = defineContract({
  type: "ratchet.data.admitted.v1",
  kind: "event",
  statedBy: ["data-watcher"],
  description:
    "A dropped file was found good, split once into train and holdout, and admitted as a batch; or one in quarantine was admitted.",
  data: z.object({
    model: modelName,
    batch: batchId,
    file: z.string().describe("Path of the dropped file in `drops`."),
    contentSha256: sha256,
    bytes: z.number().int().positive(),
    rows: z.object({ train: z.number().int().min(0), holdout: z.number().int().min(0) }),
    suspicion: suspicionInBrief.optional().describe("Why it stands out from those before it, where it does."),
    reason: z.string().min(1).optional().describe("Why an operator admitted it, where it was in quarantine."),
    requestedBy: z.string().optional(),
  }),
  subject: ({ model, batch }) => `models/${model}/batches/${batch}`,
  example: {
    model: "digits",
    batch: "3f1c9a0b5d7e2468",
    file: "digits/2026-11-23/part-1.csv",
    contentSha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    bytes: 1_048_576,
    rows: { train: 481, holdout: 119 },
    suspicion: suspicionExample,
    reason: "another camera, as announced",
    requestedBy: "operator@example.com",
  },
});
export type DataAdmitted = ReturnType<typeof dataAdmitted.parse>;
