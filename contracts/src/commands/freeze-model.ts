import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName } from "../names.ts";

export const freezeModel = defineContract({
  type: "ratchet.freeze-model.v1",
  kind: "command",
  description: "Keep the champion: challengers go on being judged, and none is deployed until the model is thawed.",
  data: z.object({ model: modelName, reason: z.string().min(1), requestedBy: z.string().optional() }),
  subject: ({ model }) => `models/${model}`,
  example: { model: "digits", reason: "the fair is on", requestedBy: "operator@example.com" },
});
export type FreezeModel = ReturnType<typeof freezeModel.parse>;
