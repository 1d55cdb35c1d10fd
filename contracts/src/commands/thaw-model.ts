import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName } from "../names.ts";

export const thawModel = defineContract({
  type: "ratchet.thaw-model.v1",
  kind: "command",
  description: "Let challengers be deployed again; the one that was held back is judged anew.",
  data: z.object({ model: modelName, reason: z.string().min(1), requestedBy: z.string().optional() }),
  subject: ({ model }) => `models/${model}`,
  example: { model: "digits", reason: "the fair is over", requestedBy: "operator@example.com" },
});
export type ThawModel = ReturnType<typeof thawModel.parse>;
