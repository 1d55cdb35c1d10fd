import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, modelVersion, openWord, runId, sha256 } from "../names.ts";

export const modelPromoted = defineContract({
  type: "ratchet.model.promoted.v1",
  kind: "event",
  statedBy: ["deployer"],
  description: "A release serves in production: it was published, smoke-tested, swapped in and verified.",
  data: z.object({
    model: modelName,
    version: modelVersion.describe("The version that now answers."),
    code: sha256.describe("Digest of the inference bundle."),
    package: sha256.describe("Digest of the published package."),
    runId: runId.optional(),
    cause: openWord(["verdict", "code", "forced"]),
    reason: z.string().optional(),
    frozen: z
      .boolean()
      .optional()
      .describe("Set where the model is frozen, and stays so: this one was forced, or is new code."),
    previous: z
      .object({ version: modelVersion, code: sha256 })
      .nullable()
      .describe("The release it takes the place of."),
    endpoint: z.url().describe("Base address of the app; predictions at `/v2/models/<model>/infer`."),
    verdict: z.string().optional().describe("Path of the verdict in `verdicts`."),
    report: z.string().optional().describe("Path in `verdicts` of the same as a page for people."),
  }),
  subject: ({ model, version }) => `models/${model}/versions/${version}`,
  example: {
    model: "digits",
    version: "7",
    code: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    package: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    runId: "digits-0f1e2d3c4b5a6978",
    cause: "verdict",
    previous: { version: "6", code: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
    endpoint: "https://inference-digits.azurewebsites.net",
    verdict: "digits/7.json",
    report: "digits/reports/7.html",
  },
});
export type ModelPromoted = ReturnType<typeof modelPromoted.parse>;
