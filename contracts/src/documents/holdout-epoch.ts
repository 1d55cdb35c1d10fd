import { z } from "zod";
import { type DocumentOf, defineDocument, type Upgrade } from "../document.ts";

const position = z.number().int().min(0);

/** Format 1 listed batches: where they stand in the log of admissions is known to whoever reads that. */
const toPositions: Upgrade = ({ batches = [], retired = [], ...rest }) => ({ ...rest, former: { batches, retired } });

/**
 * The life of a holdout, `verdicts/<model>/holdout.json`, owned by the evaluator. An epoch is a time in which the same
 * held-out rows judge: at most `reuseBudget` comparisons, for at most `holdoutMaxAge`. What is admitted meanwhile joins it.
 * When it is over, its rows are retired: they never judge again, nor do copies and corrections of them, because challengers
 * have been chosen by them. The next epoch begins with the first rows that no epoch has used, and is judged by such rows alone.
 */
export const holdoutEpoch = defineDocument({
  name: "holdout epoch",
  description: "The held-out rows that judge a model's challengers, and what they have been used for.",
  upgrades: [toPositions],
  schema: z.object({
    epoch: z.number().int().min(1),
    openedAt: z.iso.datetime(),
    /**
     * The epoch's rows were first admitted after this position of the model's log of admissions: rows from before it judge no
     * more. Absent in the first epoch.
     */
    after: position.optional(),
    /** The position up to which rows have judged in it; absent in an epoch from before it was kept. */
    through: position.optional(),
    /** The batches of an epoch from before positions were kept, and of those before it. */
    former: z.object({ batches: z.array(z.string()), retired: z.array(z.string()) }).optional(),
    /** Every comparison made, by what was compared; the same one asked for again is the same attempt. */
    attempts: z.array(
      z.object({ key: z.string(), attempt: z.number().int().min(1), version: z.string(), at: z.string() }),
    ),
  }),
  example: {
    epoch: 2,
    openedAt: "2026-11-23T09:00:00.000Z",
    after: 12,
    through: 17,
    former: { batches: ["a1b2c3d4e5f60718"], retired: ["3f1c9a0b5d7e2468"] },
    attempts: [
      {
        key: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        attempt: 1,
        version: "7",
        at: "2026-11-23T09:00:00.000Z",
      },
    ],
  },
});
export type HoldoutEpoch = DocumentOf<typeof holdoutEpoch>;
