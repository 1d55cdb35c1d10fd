import { z } from "zod";
import { defineContract } from "../envelope.ts";
import { modelName, runId } from "../names.ts";

export const checkRun = defineContract({
  type: "ratchet.check-run.v1",
  kind: "command",
  description: "Look once whether a training run has ended; scheduled again until it has.",
  data: z.object({
    model: modelName,
    runId,
    look: z.number().int().min(1).describe("How many looks, this one included."),
  }),
  subject: ({ model, runId: run, look }) => `models/${model}/runs/${run}/looks/${look}`,
  example: { model: "digits", runId: "digits-0f1e2d3c4b5a6978", look: 1 },
});
export type CheckRun = ReturnType<typeof checkRun.parse>;
