import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, modelVersion, openWord } from "../names.ts";

export const modelFrozen = defineContract({
  type: "ratchet.model.frozen.v1",
  kind: "event",
  statedBy: ["deployer"],
  description: "The champion stays: no challenger is deployed until an operator thaws the model or forces one.",
  data: z.object({
    model: modelName,
    version: modelVersion.describe("The champion's version."),
    cause: openWord(["request", "roll-back"]),
    reason: z.string().min(1),
    requestedBy: z.string().optional(),
  }),
  subject: ({ model }) => `models/${model}`,
  example: { model: "digits", version: "6", cause: "roll-back", reason: "customers report wrong sevens" },
});
export type ModelFrozen = ReturnType<typeof modelFrozen.parse>;
