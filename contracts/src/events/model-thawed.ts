import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, modelVersion } from "../names.ts";

export const modelThawed = defineContract({
  type: "ratchet.model.thawed.v1",
  kind: "event",
  statedBy: ["deployer"],
  description: "Challengers are deployed again where their verdict says so.",
  data: z.object({
    model: modelName,
    version: modelVersion.describe("The champion's version."),
    judgedAgain: modelVersion
      .nullable()
      .describe("The challenger that was held back and is judged again; null where none was."),
    reason: z.string().min(1),
    requestedBy: z.string().optional(),
  }),
  subject: ({ model }) => `models/${model}`,
  example: {
    model: "digits",
    version: "6",
    judgedAgain: "8",
    reason: "the sevens are mended",
    requestedBy: "operator@example.com",
  },
});
export type ModelThawed = ReturnType<typeof modelThawed.parse>;
