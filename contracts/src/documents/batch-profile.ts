import { z } from "zod";
import { type DocumentOf, defineDocument } from "../document.ts";
import { batchId, modelName } from "../names.ts";

const count = z.number().int().min(0);

/** What a column is to the model. Of `other` columns only what is missing is compared, and values where they are few. */
export const columnRoles = ["label", "feature", "other"] as const;

const columnBase = { name: z.string(), role: z.enum(columnRoles), missing: count };

const numbersColumn = z.object({
  ...columnBase,
  /** `times` are numbers too, days since 1970-01-01 or the column's origin, and are expected to go on. */
  kind: z.enum(["numbers", "times"]),
  present: count,
  /** Left out where no value is present. */
  min: z.number().optional(),
  max: z.number().optional(),
  mean: z.number(),
  /** The sum of squared distances from the mean. */
  squares: z.number(),
  /** How many bins there are at most. */
  most: count,
  /** How many of their last bits the keys of the bins have lost; see `ordered-key.ts`. */
  level: count,
  /** Key and rows of each bin that has any, by key. */
  bins: z.array(z.tuple([count, count])).readonly(),
});
export type NumbersColumn = Readonly<z.infer<typeof numbersColumn>>;

const valuesColumn = z.object({
  ...columnBase,
  kind: z.literal("values"),
  /** How many values are counted at most; which, says their hash. */
  most: count,
  /** Value and rows, by value. */
  values: z.array(z.tuple([z.string(), count])).readonly(),
  /** Rows with any other value. */
  others: count,
});
export type ValuesColumn = Readonly<z.infer<typeof valuesColumn>>;

const group = z.object({
  /** The index of the class, or the ordered key of the number, without its last `level` bits. */
  key: count,
  rows: count,
  /** Mean of each coordinate. */
  mean: z.array(z.number()).readonly(),
  /** Sums of products of distances from the mean: the upper triangle, row by row. */
  products: z.array(z.number()).readonly(),
});
export type RowGroup = Readonly<z.infer<typeof group>>;

/** How features go with the label: their coordinates, for each group of rows with about the same label. */
const bond = z.object({
  most: count,
  level: count,
  groups: z.array(group).readonly(),
});
export type Bond = Readonly<z.infer<typeof bond>>;

export type ColumnProfile = NumbersColumn | ValuesColumn;

const profileShape = {
  rows: count,
  columns: z.array(z.discriminatedUnion("kind", [numbersColumn, valuesColumn])).readonly(),
  /**
   * By the digest of how columns become coordinates, since only what was made alike can be compared; rows of which numbers
   * are missing by themselves.
   */
  bonds: z.record(z.string(), bond),
} as const;

const profile = z.object(profileShape);

/** What is known of the rows of a batch, or of many: of bounded size, and two of them merge to that of all their rows. */
export type Profile = Readonly<z.infer<typeof profile>>;

const example: Profile = {
  rows: 3,
  columns: [
    { name: "label", role: "label", missing: 0, kind: "values", most: 64, values: [["0", 2]], others: 1 },
    {
      name: "pixel0",
      role: "feature",
      missing: 1,
      kind: "numbers",
      present: 2,
      min: 0,
      max: 255,
      mean: 127.5,
      squares: 32_512.5,
      most: 32,
      level: 20,
      bins: [[2048, 2]],
    },
  ],
  bonds: { "9f86d081884c7d65": { most: 16, level: 0, groups: [{ key: 0, rows: 2, mean: [0.5], products: [0.25] }] } },
};

/**
 * What is known of a batch's rows: `batches/<model>/<batch>/profile.json`, written before its manifest, owned by the
 * data-watcher. It follows from the rows and the schema, and is made anew where the schema has changed.
 */
export const batchProfile = defineDocument({
  name: "batch profile",
  description: "What is known of the rows of a batch, whatever their number.",
  schema: z.object({
    /** The digest of the schema by which the rows were read. */
    schema: z.string(),
    ...profileShape,
  }),
  example: { schema: "1f2e3d4c5b6a7980", ...example },
});
export type BatchProfile = DocumentOf<typeof batchProfile>;

/**
 * What is known of all rows that a model has admitted: `batches/<model>/profile.json`, owned by the data-watcher. It follows
 * from the log of admissions and the profiles of batches, and can be deleted.
 */
export const admittedProfile = defineDocument({
  name: "admitted profile",
  description: "What is known of all rows that a model has admitted, up to a position in its log of admissions.",
  schema: z.object({
    model: modelName,
    /** The position in the log of admissions up to which batches are in it. */
    through: count,
    schema: z.string(),
    /** The batches in it that were admitted last: an entry that says so of one of them once more counts for nothing. */
    latest: z.array(z.object({ batch: batchId, at: z.iso.datetime() })).readonly(),
    /** Rows of batches that have no profile, and would have taken too long to read again. */
    leftOut: count.optional(),
    ...profileShape,
  }),
  example: {
    model: "digits",
    through: 17,
    schema: "1f2e3d4c5b6a7980",
    latest: [{ batch: "3f1c9a0b5d7e2468", at: "2026-11-23T09:00:00.000Z" }],
    leftOut: 120,
    ...example,
  },
});
export type AdmittedProfile = DocumentOf<typeof admittedProfile>;
