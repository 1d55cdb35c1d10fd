import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { batchId, modelName, sha256 } from "../names.ts";

/** How records and messages name the data of a run: by what it is, however many batches it has. */
export const datasetRef = z.object({
  /** Equal digests, equal data. */
  digest: sha256,
  /** The position in the model's log of admissions up to which it has what was admitted. */
  through: z.number().int().min(0),
  /** How many batches it has. */
  batches: z.number().int().min(1),
});
export type DatasetRef = z.infer<typeof datasetRef>;

export const exampleDataset: DatasetRef = {
  digest: "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5",
  through: 17,
  batches: 300,
};

const count = z.number().int().min(0);

/** What became of the rows of some batches: all but `contradicting` add up to their number. */
export const rowCounts = z.object({
  train: count,
  holdout: count,
  /** They stand for a row which counts already, and say no more than it does. */
  duplicate: count,
  /** Their key came again with another label, or in another place of the split. */
  replaced: count,
  /** They would judge, and rows like them may have trained; or would train, and were held out. */
  leftOut: count,
  /** Rows like others that count, with another label. */
  contradicting: count,
});

export const exampleRows = {
  train: 40_123,
  holdout: 9_871,
  duplicate: 6,
  replaced: 0,
  leftOut: 0,
  contradicting: 1,
} satisfies z.infer<typeof rowCounts>;

/**
 * The data of a run: `datasets/<model>/<digest>.json`, owned by the training-runner, named by its content and never
 * changed. Its batches are listed in pages, which data sets of the same history share, and so they share the files of rows.
 */
export const dataset = defineDocument({
  name: "dataset",
  description: "The data of a run: its batches, and the files of rows that train.",
  schema: z.object({
    model: modelName,
    batches: z.number().int().min(1),
    rows: rowCounts,
    /** By `data.time`: rows from then on judge, in milliseconds since 1970; absent where rows are split by hash. */
    boundary: z.number().optional(),
    /** In the order of admission. */
    pages: z
      .array(
        z.object({
          digest: sha256,
          batches: z.number().int().min(1),
          /**
           * The files of its rows that train, `datasets/<model>/parts/<digest>.csv`: one once the page is full, until then
           * one for each batch that has such rows.
           */
          parts: z.array(z.object({ digest: sha256, rows: z.number().int().min(1) })),
        }),
      )
      .min(1),
  }),
  example: {
    model: "digits",
    batches: 300,
    rows: exampleRows,
    boundary: 1_764_000_000_000,
    pages: [
      {
        digest: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        batches: 256,
        parts: [{ digest: "831e1650001e001b66abeeb76e06963109476c6e7f9f12d5d66db6ac9ea5e5d3", rows: 40_123 }],
      },
      { digest: "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730", batches: 44, parts: [] },
    ],
  },
});
export type Dataset = DocumentOf<typeof dataset>;

/** Some batches of data sets, in the order of admission: `datasets/<model>/pages/<digest>.json`, owned by the training-runner. */
export const datasetPage = defineDocument({
  name: "dataset page",
  description: "Batches of data sets, in the order of admission.",
  schema: z.object({ batches: z.array(batchId).min(1) }),
  example: { batches: ["3f1c9a0b5d7e2468", "a1b2c3d4e5f60718"] },
});
export type DatasetPage = DocumentOf<typeof datasetPage>;
