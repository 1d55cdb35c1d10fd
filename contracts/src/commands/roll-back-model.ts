import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName } from "../names.ts";

export const rollBackModel = defineContract({
  type: "ratchet.roll-back-model.v1",
  kind: "command",
  description: "Put the release before the champion back into production.",
  data: z.object({ model: modelName, reason: z.string().min(1), requestedBy: z.string().optional() }),
  subject: ({ model }) => `models/${model}`,
  example: { model: "digits", reason: "customers report wrong sevens", requestedBy: "operator@example.com" },
});
export type RollBackModel = ReturnType<typeof rollBackModel.parse>;
