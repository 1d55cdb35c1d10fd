import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, modelVersion, sha256 } from "../names.ts";

export const productionDrifted = defineContract({
  type: "ratchet.production.drifted.v1",
  kind: "event",
  statedBy: ["deployer"],
  description:
    "Production does not serve the champion, and no deployment is under way: the champion is deployed again.",
  data: z.object({
    model: modelName,
    app: z.string().min(1),
    version: modelVersion.describe("The champion's version."),
    code: sha256,
    serves: z
      .object({ version: modelVersion, code: sha256 })
      .nullable()
      .describe("What production serves of the model instead; null where it serves none of it."),
  }),
  subject: ({ model, app }) => `models/${model}/apps/${app}`,
  example: {
    model: "digits",
    app: "inference-digits",
    version: "7",
    code: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    serves: null,
  },
});
export type ProductionDrifted = ReturnType<typeof productionDrifted.parse>;
