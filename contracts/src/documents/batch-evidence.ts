import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { batchId, modelName, openWord } from "../names.ts";
import { championOnBatch, exampleChampionOnBatch } from "./champion-score.ts";

/**
 * `distribution`: a column's values are spread otherwise. `label-shares`: so are the labels. `missing`: a column is missing more
 * often, or less. `new-values`: values that never came before. `out-of-range`: numbers beyond all before. `far-out`: a number so
 * far beyond that one is enough. `label-fit`: labels go less with the features. `champion-score`: the champion is right less often.
 */
const findingKinds = [
  "distribution",
  "label-shares",
  "missing",
  "new-values",
  "out-of-range",
  "far-out",
  "label-fit",
  "champion-score",
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** What a finding says without what there is to draw: so it is told. */
export const findingInBrief = z.object({
  kind: openWord(findingKinds),
  /** Left out where it is about no column by itself. */
  column: z.string().optional(),
  sentence: z.string().describe("What it is, in one plain sentence."),
  probability: z.number().describe("How likely as much is by chance, corrected for all that was compared."),
  effect: z.number().describe("How large it is, on the scale of its limit."),
  limit: z.number().describe("Beyond which it counts."),
});
export type FindingInBrief = Readonly<z.infer<typeof findingInBrief>>;

const bar = z.object({ label: z.string(), batch: z.number(), before: z.number() });
export type Bar = Readonly<z.infer<typeof bar>>;

const finding = findingInBrief.extend({
  /** What to draw: shares of rows, or what is left of a relation. */
  bars: z.array(bar).readonly(),
});
export type Finding = Readonly<z.infer<typeof finding>>;

const evidenceShape = {
  standsOut: z.boolean(),
  /** The heaviest first: by how often the effect is its limit. Of many, the first. */
  findings: z.array(finding).readonly(),
  /** How many there are in all. */
  found: z.number().int().min(0),
  compared: z.object({
    rows: z.number().int().min(0),
    rowsBefore: z.number().int().min(0),
    columns: z.number().int().min(0),
    tests: z.number().int().min(0),
    alpha: z.number(),
  }),
  /** Too few rows to tell: nothing was compared. */
  tooFew: z.boolean(),
  /** All of it in one sentence. */
  summary: z.string(),
} as const;

const evidence = z.object(evidenceShape);

/** How a batch compares with those before it. */
export type Evidence = Readonly<z.infer<typeof evidence>>;

/** `admit`: nothing stands out, or nobody wants to know. `warn`: it is used, and said. `quarantine`: it is not used. */
const fates = ["admit", "warn", "quarantine"] as const;
export type Fate = (typeof fates)[number];

const example: Evidence = {
  standsOut: true,
  findings: [
    {
      kind: "label-fit",
      column: "label",
      sentence: "Labels go with the features 3.1 % as much as before.",
      probability: 1e-9,
      effect: 0.969,
      limit: 0.2,
      bars: [{ label: "all", batch: 0.031, before: 1 }],
    },
  ],
  found: 1,
  compared: { rows: 1200, rowsBefore: 4500, columns: 785, tests: 1402, alpha: 0.01 },
  tooFew: false,
  summary: "Labels go with the features 3.1 % as much as before. It alone stands out in 1402 comparisons.",
};

/**
 * What became of a batch when it came in, and why: `batches/<model>/<batch>/evidence.json`, written once by the data-watcher.
 * Whoever takes in the batch later, or again, keeps to it.
 */
export const batchEvidence = defineDocument({
  name: "batch evidence",
  description: "How a batch compares with those before it, and what becomes of it for that.",
  schema: z.object({
    model: modelName,
    batch: batchId,
    at: z.iso.datetime(),
    fate: z.enum(fates),
    /** The position in the log of admissions up to which batches were compared with. */
    through: z.number().int().min(0),
    /** Rows admitted before that could not be compared with: their batches have no profile. */
    leftOut: z.number().int().min(0).optional(),
    /** Where there was a champion to ask. */
    championOnBatch: championOnBatch.optional(),
    ...evidenceShape,
  }),
  example: {
    model: "digits",
    batch: "3f1c9a0b5d7e2468",
    at: "2026-11-23T09:00:00.000Z",
    fate: "quarantine",
    through: 5,
    leftOut: 120,
    championOnBatch: exampleChampionOnBatch,
    ...example,
  },
});
export type BatchEvidence = DocumentOf<typeof batchEvidence>;
