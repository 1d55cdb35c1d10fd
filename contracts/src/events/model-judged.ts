import { z } from "zod";
import { comparison, decision } from "../documents/verdict.ts";
import { defineContract } from "../envelope.ts";
import { modelName, modelVersion, runId } from "../names.ts";

export const modelJudged = defineContract({
  type: "ratchet.model.judged.v1",
  kind: "event",
  statedBy: ["evaluator"],
  description: "A challenger was judged; the verdict with its evidence is kept.",
  data: z.object({
    model: modelName,
    version: modelVersion,
    runId: runId.optional(),
    champion: modelVersion.nullable(),
    decision,
    reasons: z.array(z.string().min(1)).min(1).describe("Why, in words and numbers."),
    comparison: comparison.describe(
      "The primary metric on the same rows. Of a challenger that could not be scored: method `not-scored`, on 0 rows; where the gate tells the decision alone: `kept-back`. Such numbers mean nothing.",
    ),
    verdict: z.string().describe("Path of the verdict in `verdicts`."),
    report: z.string().optional().describe("Path in `verdicts` of the same as a page for people."),
  }),
  subject: ({ model, version }) => `models/${model}/versions/${version}`,
  example: {
    model: "digits",
    version: "7",
    runId: "digits-0f1e2d3c4b5a6978",
    champion: "6",
    decision: "promote",
    reasons: ["accuracy 0.971 against 0.942 on 612 rows: better by 0.029, at least 0.011 with 99.75 % confidence"],
    comparison: {
      metric: "accuracy",
      challenger: 0.971,
      champion: 0.942,
      improvement: 0.029,
      lowerBound: 0.011,
      alpha: 0.0025,
      rows: 612,
      method: "mcnemar-exact",
    },
    verdict: "digits/7.json",
    report: "digits/reports/7.html",
  },
});
export type ModelJudged = ReturnType<typeof modelJudged.parse>;
