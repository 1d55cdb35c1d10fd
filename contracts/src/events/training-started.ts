import { z } from "zod";
import { datasetRef, exampleDataset, exampleRows, rowCounts } from "../documents/dataset.ts";
import { defineContract } from "../envelope.ts";
import { batchId, modelName, modelVersion, openWord, runId } from "../names.ts";

/** How many batches the event names at most: it has to fit into a message. */
export const mostBatchesNamed = 100;

export const trainingStarted = defineContract({
  type: "ratchet.training.started.v1",
  kind: "event",
  statedBy: ["training-runner"],
  description: "A training run was submitted to Azure ML.",
  data: z.object({
    model: modelName,
    runId,
    version: modelVersion.describe(
      "The version that is meant for the model; `ratchet.training.ended.v1` tells the one that the registry confirmed.",
    ),
    batches: z
      .array(batchId)
      .min(1)
      .describe("The batches that it trains on; of more than a hundred the newest hundred, `dataset` names all."),
    dataset: datasetRef.optional().describe("The data that it trains on, and of how many batches it is."),
    rows: rowCounts
      .optional()
      .describe(
        "What became of the rows of its batches: how many train, judge, came twice, were corrected, contradict.",
      ),
    warmStart: modelVersion
      .nullable()
      .describe("The champion's version that the run starts from; null for a cold start."),
    reason: openWord(["data", "schedule", "request"]),
    definitionVersion: z.string(),
    attempt: z.number().int().min(1).optional().describe("Which attempt at its input this is, where not the first."),
    studioUrl: z.string().optional().describe("The run in Azure ML studio."),
  }),
  subject: ({ model, runId: run }) => `models/${model}/runs/${run}`,
  example: {
    model: "digits",
    runId: "digits-0f1e2d3c4b5a6978",
    version: "7",
    batches: ["3f1c9a0b5d7e2468"],
    dataset: { ...exampleDataset, batches: 1 },
    rows: exampleRows,
    warmStart: "6",
    reason: "data",
    definitionVersion: "1f2e3d4c5b6a7980",
  },
});
export type TrainingStarted = ReturnType<typeof trainingStarted.parse>;
