import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, modelVersion, sha256 } from "../names.ts";

export const deployModel = defineContract({
  type: "ratchet.deploy-model.v1",
  kind: "command",
  description:
    "Publish a release, inference code with a model: to staging, smoke-test, swap, verify, make it champion.",
  data: z.object({
    model: modelName,
    version: modelVersion,
    cause: z
      .enum(["verdict", "code", "forced"])
      .describe("A better model, new inference code, or an operator's decision."),
    code: sha256.optional().describe("Digest of the inference bundle in `releases`; the newest where absent."),
    reason: z.string().min(1).optional().describe("Why, where an operator forces it."),
  }),
  subject: ({ model, version, code }) => `models/${model}/versions/${version}${code ? `/code/${code}` : ""}`,
  example: { model: "digits", version: "7", cause: "verdict" },
});
export type DeployModel = ReturnType<typeof deployModel.parse>;
