import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, modelVersion, sha256 } from "../names.ts";

export const forceModel = defineContract({
  type: "ratchet.force-model.v1",
  kind: "command",
  description: "Put a judged version into production whatever its verdict said, and though the model may be frozen.",
  data: z.object({
    model: modelName,
    version: modelVersion,
    code: sha256.optional().describe("Digest of the inference bundle in `releases`; the newest where absent."),
    reason: z.string().min(1),
    requestedBy: z.string().optional(),
  }),
  subject: ({ model, version, code }) => `models/${model}/versions/${version}${code ? `/code/${code}` : ""}`,
  example: {
    model: "digits",
    version: "7",
    reason: "the holdout is older than the new cameras",
    requestedBy: "operator@example.com",
  },
});
export type ForceModel = ReturnType<typeof forceModel.parse>;
