import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, modelVersion } from "../names.ts";

export const rollBackModel = defineContract({
  type: "ratchet.roll-back-model.v1",
  kind: "command",
  description: "Put the release before the champion back into production.",
  data: z.object({
    model: modelName,
    from: modelVersion
      .optional()
      .describe("The version that is to be taken out; refused if another serves by the time the command is obeyed."),
    reason: z.string().min(1),
    requestedBy: z.string().optional(),
  }),
  subject: ({ model }) => `models/${model}`,
  example: { model: "digits", from: "7", reason: "customers report wrong sevens", requestedBy: "operator@example.com" },
});
export type RollBackModel = ReturnType<typeof rollBackModel.parse>;
