import { z } from "zod";
import { batchId, modelName, modelVersion, runId } from "../names.ts";

/** PROMOTE: better, with evidence. HOLD: inconclusive. REJECT: not good enough, or worse. */
export const decision = z.enum(["promote", "hold", "reject"]);
export type Decision = z.infer<typeof decision>;

/** One metric of challenger and champion on the same rows. `improvement` is positive where the challenger is better. */
export const comparison = z.object({
  metric: z.string(),
  challenger: z.number(),
  champion: z.number().nullable(),
  improvement: z.number().nullable(),
  /** One-sided lower confidence bound of the improvement at `alpha`. */
  lowerBound: z.number().nullable(),
  alpha: z.number().nullable(),
  rows: z.number().int().min(0),
  method: z.enum(["mcnemar-exact", "paired-bootstrap", "absolute"]),
});
export type Comparison = z.infer<typeof comparison>;

const tensor = z.object({
  name: z.string(),
  /** Open Inference Protocol datatype, e.g. FP32. */
  datatype: z.string(),
  /** -1 stands for the batch dimension or any size. */
  shape: z.array(z.number().int()),
});

/** What a model takes and gives, in the words of the Open Inference Protocol. */
export const signature = z.object({
  inputs: z.array(tensor).min(1),
  outputs: z.array(tensor).min(1),
  /** The classes by index, where the model classifies. */
  classes: z.array(z.string()).optional(),
});
export type Signature = z.infer<typeof signature>;

/** Predictions that a deployed model must reproduce. */
export const goldenPredictions = z.object({
  input: z.string(),
  output: z.string(),
  /** N rows of F features. */
  rows: z.array(z.array(z.number().nullable())).min(1),
  /** N rows of the model's output. */
  expected: z.array(z.array(z.number())).min(1),
  /** Largest absolute difference that is still the same prediction. */
  tolerance: z.number().positive(),
});
export type GoldenPredictions = z.infer<typeof goldenPredictions>;

/** A verdict with its evidence: `verdicts/<model>/<version>.json`, written once by the evaluator. */
export const verdict = z.object({
  model: modelName,
  version: modelVersion,
  runId: runId.optional(),
  champion: modelVersion.nullable(),
  decision,
  reasons: z.array(z.string().min(1)).min(1),
  comparison,
  /** Every metric computed, by name. */
  metrics: z.record(z.string(), z.object({ challenger: z.number(), champion: z.number().nullable() })),
  guardrails: z.array(comparison.extend({ margin: z.number(), held: z.boolean() })),
  slices: z.array(
    comparison.extend({
      column: z.string(),
      value: z.string(),
      margin: z.number(),
      /** Smaller slices are reported only and cannot block. */
      binding: z.boolean(),
      held: z.boolean(),
    }),
  ),
  holdout: z.object({
    batches: z.array(batchId).min(1),
    rows: z.number().int().min(0),
    /** Digest of the rows that judged: the holdout's identity. */
    digest: z.string(),
    /** Which use of this holdout's budget the verdict was, from 1; 0 where it spent none. */
    attempt: z.number().int().min(0),
    budget: z.number().int().min(1),
  }),
  policy: z.record(z.string(), z.json()),
  onnx: z.object({ container: z.string(), path: z.string(), sha256: z.string(), bytes: z.number().int() }),
  signature,
  golden: goldenPredictions,
  /** The batches that the challenger was trained on; empty where it did not say. */
  trainedOn: z.array(batchId),
  definitionVersion: z.string(),
  /** Id of the command that asked: delivered again, it is answered with this verdict. */
  cause: z.string().min(1),
  judgedAt: z.iso.datetime(),
});
export type Verdict = z.infer<typeof verdict>;
