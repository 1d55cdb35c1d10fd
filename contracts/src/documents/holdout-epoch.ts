import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";

/**
 * The life of a holdout, `verdicts/<model>/holdout.json`, owned by the evaluator. An epoch is a time in which the same
 * held-out rows judge: at most `reuseBudget` comparisons, for at most `holdoutMaxAge`. Batches that are admitted meanwhile
 * join it. When it is over, its batches are retired: they never judge again, because challengers have been chosen by them.
 * The next epoch begins with the first batch that no epoch has used, and is judged by such batches alone.
 */
export const holdoutEpoch = defineDocument({
  name: "holdout epoch",
  description: "The held-out rows that judge a model's challengers, and what they have been used for.",
  schema: z.object({
    epoch: z.number().int().min(1),
    openedAt: z.iso.datetime(),
    /** The batches whose held-out rows judge in this epoch. */
    batches: z.array(z.string()),
    retired: z.array(z.string()),
    /** Every comparison made, by what was compared; the same one asked for again is the same attempt. */
    attempts: z.array(
      z.object({ key: z.string(), attempt: z.number().int().min(1), version: z.string(), at: z.string() }),
    ),
  }),
  example: {
    epoch: 2,
    openedAt: "2026-11-23T09:00:00.000Z",
    batches: ["a1b2c3d4e5f60718"],
    retired: ["3f1c9a0b5d7e2468"],
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
