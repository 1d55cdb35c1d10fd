import { z } from "zod";
import { datasetRef, exampleDataset } from "../documents/dataset.ts";
import { defineContract } from "../envelope.ts";
import { batchId, modelName, modelVersion, openWord, runId } from "../names.ts";

/** A challenger, and what there is to know of it to judge it. */
export const challenge = z.object({
  model: modelName,
  version: modelVersion.describe("The challenger's version in the model registry."),
  runId: runId.optional().describe("The run that trained it; absent for a model registered from elsewhere."),
  onnx: z
    .object({ container: z.string(), path: z.string() })
    .describe("Where the challenger's ONNX file is in the data account."),
  dataset: datasetRef.optional().describe("The data that one of Ratchet's own runs has trained it on."),
  trainedOn: z
    .array(batchId)
    .describe("The batches it was trained on, where they are not a dataset's; empty where it does not say."),
  votedToDeploy: z.boolean().optional().describe("Whether the run wrote the file `trigger` beside its model."),
});
export type Challenge = z.infer<typeof challenge>;

/** Why a judgement is asked for again. */
const occasions = ["stalled", "champion", "definition", "file", "batches", "cooldown", "holdout", "rows"] as const;
export type JudgeAgain = (typeof occasions)[number];

export const evaluateModel = defineContract({
  type: "ratchet.evaluate-model.v1",
  kind: "command",
  description: "Judge a registered challenger against the champion on the same held-out rows.",
  data: challenge.extend({
    again: z
      .object({
        because: openWord(occasions).describe("What has changed, or that it does not get on."),
        of: z.string().min(1).describe("The command that the judgement has answered, or is to: later ones are let be."),
      })
      .optional()
      .describe("Said where the evaluator itself asks again."),
  }),
  subject: ({ model, version }) => `models/${model}/versions/${version}`,
  example: {
    model: "digits",
    version: "7",
    runId: "digits-0f1e2d3c4b5a6978",
    onnx: { container: "runs", path: "digits-0f1e2d3c4b5a6978/model/model.onnx" },
    dataset: exampleDataset,
    trainedOn: [],
    votedToDeploy: true,
    again: { because: "cooldown", of: "4272be85143167ef0cbfe50baba5903e" },
  },
});
export type EvaluateModel = ReturnType<typeof evaluateModel.parse>;
