import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, modelVersion, openWord, sha256 } from "../names.ts";

export const modelRolledBack = defineContract({
  type: "ratchet.model.rolled-back.v1",
  kind: "event",
  statedBy: ["deployer"],
  description: "An earlier release serves in production again.",
  data: z.object({
    model: modelName,
    version: modelVersion.describe("The version that answers again."),
    code: sha256,
    from: z.object({ version: modelVersion, code: sha256 }).describe("The release that was taken out of production."),
    cause: openWord(["request", "verification-failed"]),
    reason: z.string().min(1),
    endpoint: z.url(),
  }),
  subject: ({ model, version }) => `models/${model}/versions/${version}`,
  example: {
    model: "digits",
    version: "6",
    code: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    from: { version: "7", code: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
    cause: "request",
    reason: "customers report wrong sevens",
    endpoint: "https://inference-digits.azurewebsites.net",
  },
});
export type ModelRolledBack = ReturnType<typeof modelRolledBack.parse>;
