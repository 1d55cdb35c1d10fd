import { z } from "zod";
import { sliceDemands } from "../definition/gate.ts";
import { limitNames } from "../definition/limits.ts";
import { type DocumentOf, defineDocument } from "../document.ts";
import { batchId, modelName, modelVersion, openWord, runId } from "../names.ts";
import { askedRows, exampleAskedRows } from "./asked-rows.ts";
import { datasetRef, exampleDataset } from "./dataset.ts";
import { exampleDetails, verdictDetails } from "./verdict-details.ts";

/** PROMOTE: better, with evidence. HOLD: inconclusive. REJECT: not good enough, or worse. */
export const decision = z.enum(["promote", "hold", "reject"]);
export type Decision = z.infer<typeof decision>;

/**
 * What a challenger is held for. `vote`: its run did not vote. `promoted`: it is the champion already. `cooldown`: the champion
 * is too young. `champion`: the champion cannot be scored. `holdout`: no holdout may judge it. `rows`: these rows cannot tell.
 */
const holds = ["vote", "promoted", "cooldown", "champion", "holdout", "rows"] as const;
export type Hold = (typeof holds)[number];
export const hold = openWord(holds);

/**
 * How two models were compared by a metric. `paired-bootstrap`: so it was before there were the methods above it. `absolute`: the challenger alone was measured. `not-scored`: not even that; rows is
 * 0 then, and the challenger's number means nothing. `kept-back`: numbers are not told (yet), and those that are there mean nothing.
 */
const comparisonMethods = [
  "mcnemar-exact",
  "gaffke",
  "subset-means-hall",
  "paired-bootstrap",
  "absolute",
  "not-scored",
  "kept-back",
] as const;
export type ComparisonMethod = (typeof comparisonMethods)[number];

/** One metric of challenger and champion on the same rows. `improvement` is positive where the challenger is better. */
export const comparison = z.object({
  metric: z.string(),
  challenger: z.number(),
  champion: z.number().nullable(),
  improvement: z.number().nullable(),
  /** One-sided lower confidence bound of the improvement at `alpha`. */
  lowerBound: z.number().nullable(),
  /** One-sided upper confidence bound of the improvement at `alpha`; absent in comparisons from before it was kept. */
  upperBound: z.number().nullable().optional(),
  alpha: z.number().nullable(),
  rows: z.number().int().min(0),
  method: openWord(comparisonMethods),
  /** How what is compared differs from the metric's usual value, where it does. */
  note: z.string().optional(),
  /** So many rows there have to be before anything can be compared by this method; absent where there were enough. */
  needs: z.number().int().min(1).optional(),
  /** How many rows, at least, would probably show an improvement of so much. */
  enough: z.object({ improvement: z.number(), rows: z.number().int().min(1) }).optional(),
});
export type Comparison = z.infer<typeof comparison>;

/** Whether a comparison's numbers mean anything: some was scored, and its numbers are told. */
export const hasNumbers = ({ method }: Pick<Comparison, "method">): boolean =>
  method !== "not-scored" && method !== "kept-back";

/** What a challenger costs beside its quality: `latency` in milliseconds, `memory` and `size` in bytes, `drift` as an index. */
const limited = z.object({
  name: openWord(limitNames),
  challenger: z.number(),
  /** Null where there is no champion, and of what is measured against it. */
  champion: z.number().nullable(),
  /** How many times the champion's it may be, and how much at most; absent where that is not limited. */
  times: z.number().optional(),
  max: z.number().optional(),
  /** So many times the champion's, and so much, it is shown to be at least; absent where it is no matter of chance. */
  timesAtLeast: z.number().optional(),
  atLeast: z.number().optional(),
  held: z.boolean(),
});
export type Limited = z.infer<typeof limited>;

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
  /** How it is asked by name; absent in verdicts from before it was kept, and of models that have no named columns. */
  rows: askedRows.optional(),
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

export const exampleSignature: Signature = {
  inputs: [{ name: "features", datatype: "FP32", shape: [-1, 2] }],
  outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 2] }],
  classes: ["even", "odd"],
  rows: exampleAskedRows,
};

export const exampleGolden: GoldenPredictions = {
  input: "features",
  output: "scores",
  rows: [
    [0.5, null],
    [1, 2],
  ],
  expected: [
    [0.9, 0.1],
    [0.2, 0.8],
  ],
  tolerance: 0.0001,
};

const exampleComparison: Comparison = {
  metric: "accuracy",
  challenger: 0.971,
  champion: 0.942,
  improvement: 0.029,
  lowerBound: 0.011,
  alpha: 0.0025,
  upperBound: 0.047,
  rows: 612,
  method: "mcnemar-exact",
  note: "probabilities below 0.01 count as 0.01",
  needs: 100,
  enough: { improvement: 0.01, rows: 5200 },
};

/**
 * A verdict with its evidence: `verdicts/<model>/<version>.json`, owned by the evaluator. Those that the version had before are
 * beside it, in the order in which they were made: `verdicts/<model>/former/<version>/<n>.json`, n from 1.
 *
 * A challenger that could not be scored has neither comparison nor signature nor golden predictions: it is rejected, and
 * nobody can deploy it. In format 1 every verdict had them.
 */
export const verdict = defineDocument({
  name: "verdict",
  description: "A verdict with its evidence.",
  upgrades: [(former) => former],
  schema: z.object({
    model: modelName,
    version: modelVersion,
    runId: runId.optional(),
    champion: modelVersion.nullable(),
    decision,
    reasons: z.array(z.string().min(1)).min(1),
    /** What a HOLD is for; absent in verdicts from before it was kept. */
    heldFor: z.array(hold).optional(),
    /** When the cooldown that it is held for is over. */
    heldUntil: z.iso.datetime().optional(),
    /** The identity of the comparison: equal keys, equal files, rows and gate; absent in verdicts from before it was kept. */
    key: z.string().optional(),
    comparison: comparison.optional(),
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
        /** What was asked of it; absent in verdicts from before there were two demands, which asked to exclude harm. */
        demand: openWord(sliceDemands).optional(),
        /** How likely it would look this bad without harm beyond the margin, corrected for the number of slices asked. */
        harm: z.number().optional(),
        /** Whether it was looked for, and not named by the definition. */
        found: z.boolean().optional(),
      }),
    ),
    /** What the gate limits beside quality; absent in verdicts from before it could. */
    limits: z.array(limited).optional(),
    holdout: z.object({
      /** The newest batches whose rows judged, at most 100, in the order of admission. */
      batches: z.array(batchId).min(1),
      /** Rows judged that were admitted up to this position of the model's log; absent in verdicts from before it was kept. */
      through: z.number().int().min(0).optional(),
      rows: z.number().int().min(0),
      /** Digest of the rows that judged: the holdout's identity. */
      digest: z.string(),
      /** Which use of this holdout's budget the verdict was, from 1; 0 where it spent none. */
      attempt: z.number().int().min(0),
      /** The epoch that it was in, from 1; 0 where none had begun; absent in verdicts from before it was kept. */
      epoch: z.number().int().min(0).optional(),
      budget: z.number().int().min(1),
    }),
    policy: z.record(z.string(), z.json()),
    onnx: z.object({ container: z.string(), path: z.string(), sha256: z.string(), bytes: z.number().int() }),
    signature: signature.optional(),
    golden: goldenPredictions.optional(),
    /** What a person looks at beside the numbers that decide; absent in verdicts from before it was kept. */
    details: verdictDetails.optional(),
    /** What the challenger was trained on by one of Ratchet's own runs. */
    dataset: datasetRef.optional(),
    /** The batches that it was trained on, where they are not a dataset's; empty where it did not say. */
    trainedOn: z.array(batchId),
    definitionVersion: z.string(),
    /** Id of the command that asked: delivered again, it is answered with this verdict. */
    cause: z.string().min(1),
    judgedAt: z.iso.datetime(),
  }),
  example: {
    model: "digits",
    version: "7",
    runId: "digits-0f1e2d3c4b5a6978",
    champion: "6",
    decision: "promote",
    reasons: ["accuracy 0.971 against 0.942 on 612 rows: better by 0.029, at least 0.011 with 99.75 % confidence"],
    heldFor: ["cooldown"],
    heldUntil: "2026-11-24T09:00:00.000Z",
    key: "9b74c9897bac770ffc029102a200c5de71e2ee7a8b1c2b3a4d5e6f7081920a1b",
    comparison: exampleComparison,
    metrics: { accuracy: { challenger: 0.971, champion: 0.942 }, "log-loss": { challenger: 0.1, champion: null } },
    guardrails: [{ ...exampleComparison, margin: 0.01, held: true }],
    slices: [
      {
        ...exampleComparison,
        column: "pen",
        value: "thick",
        margin: 0.02,
        binding: true,
        held: true,
        demand: "no-harm-shown",
        harm: 0.4,
        found: false,
      },
    ],
    limits: [
      {
        name: "latency",
        challenger: 0.31,
        champion: 0.29,
        times: 1.5,
        max: 20,
        timesAtLeast: 1.02,
        atLeast: 0.3,
        held: true,
      },
    ],
    holdout: {
      batches: ["3f1c9a0b5d7e2468"],
      through: 17,
      rows: 612,
      digest: "0f1e2d3c4b5a6978",
      attempt: 1,
      epoch: 1,
      budget: 20,
    },
    policy: { metric: "accuracy", minEffect: 0, thresholds: [{ metric: "accuracy", min: 0.5 }] },
    onnx: {
      container: "runs",
      path: "digits-0f1e2d3c4b5a6978/model/model.onnx",
      sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
      bytes: 4096,
    },
    signature: exampleSignature,
    golden: exampleGolden,
    details: exampleDetails,
    dataset: exampleDataset,
    trainedOn: [],
    definitionVersion: "1f2e3d4c5b6a7980",
    cause: "4272be85143167ef0cbfe50baba5903e",
    judgedAt: "2026-11-23T09:12:40.000Z",
  },
});
export type Verdict = DocumentOf<typeof verdict>;
