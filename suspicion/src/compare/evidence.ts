import { z } from "zod";
import type { SuspicionPolicy } from "./policy.ts";

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

const bar = z.object({ label: z.string(), batch: z.number(), before: z.number() });
export type Bar = Readonly<z.infer<typeof bar>>;

const finding = z.object({
  kind: z.enum(findingKinds),
  /** Left out where it is about no column by itself. */
  column: z.string().optional(),
  /** One plain sentence. */
  sentence: z.string(),
  /** How likely as much is by chance, corrected for all that was compared. */
  probability: z.number(),
  /** How large it is, on the scale of its limit. */
  effect: z.number(),
  /** Beyond which it counts. */
  limit: z.number(),
  /** What to draw: shares of rows, or what is left of a relation. */
  bars: z.array(bar).readonly(),
});
export type Finding = Readonly<z.infer<typeof finding>>;

/** How a batch compares with those before it. */
export const evidenceSchema = z.object({
  standsOut: z.boolean(),
  /** The heaviest first: by how often the effect is its limit. No more than `mostFindings` of them. */
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
});
export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;

/** Of a thousand columns in another unit, so many say enough. */
export const mostFindings = 20;

/** What becomes of a batch. */
export function fateOf({ standsOut }: Evidence, { suspicion }: SuspicionPolicy): "admit" | "warn" | "quarantine" {
  return !standsOut || suspicion === "off" ? "admit" : suspicion;
}
