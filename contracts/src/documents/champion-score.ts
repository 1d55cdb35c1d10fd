import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { batchId, modelName, modelVersion } from "../names.ts";

const count = z.number().int().min(0);

/** On how many rows a classifier was right, and wrong. */
const answers = z.object({ right: count, wrong: count });
export type Answers = Readonly<z.infer<typeof answers>>;

/** The squared errors of a regression on some rows; their variance has the divisor `rows`. */
const losses = z.object({ rows: count, mean: z.number(), variance: z.number() });
export type Losses = Readonly<z.infer<typeof losses>>;

/** How good a model is on some rows. */
const rowsScore = z.union([answers, losses]);
export type RowsScore = Answers | Losses;

/** The champion on rows of a batch and on rows of others, of which it was trained on none. */
const championScore = z.union([
  z.object({ batch: answers, others: answers }),
  z.object({ batch: losses, others: losses }),
]);
export type ChampionScore = Readonly<z.infer<typeof championScore>>;

export const championOnBatch = z.object({
  champion: modelVersion.optional().describe("The version that was asked."),
  score: championScore.optional(),
  leftOut: z.string().min(1).optional().describe("Why there is no score."),
});
/** What the champion makes of a batch that is not admitted yet. */
export type ChampionOnBatch = Readonly<z.infer<typeof championOnBatch>>;

export const exampleChampionOnBatch: ChampionOnBatch = {
  champion: "7",
  score: { batch: { right: 24, wrong: 216 }, others: { right: 856, wrong: 44 } },
};

/**
 * How good the champion is on rows that came before, of which it was trained on none: `verdicts/<model>/champion/score.json`,
 * owned by the evaluator. It follows from the champion and what is admitted, and can be deleted.
 */
export const championReference = defineDocument({
  name: "champion reference",
  description: "How good the champion is on rows that came before, to compare new batches with.",
  schema: z.object({
    model: modelName,
    /** SHA-256 of the champion's file. */
    sha256: z.string(),
    /** The digest of the schema by which the rows were read. */
    schema: z.string(),
    /** The position in the log of admissions up to which it was looked for rows. */
    through: count,
    /** The batches whose rows these are. */
    batches: z.array(batchId).readonly(),
    score: rowsScore.optional(),
  }),
  example: {
    model: "digits",
    sha256: "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730",
    schema: "1f2e3d4c5b6a7980",
    through: 17,
    batches: ["3f1c9a0b5d7e2468"],
    score: { right: 856, wrong: 44 },
  },
});
export type ChampionReference = DocumentOf<typeof championReference>;
