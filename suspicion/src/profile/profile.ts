import { z } from "zod";

const count = z.number().int().min(0);

/** What a column is to the model. Of `other` columns only what is missing is compared, and values where they are few. */
export const roles = ["label", "feature", "other"] as const;
export type Role = (typeof roles)[number];

const columnBase = { name: z.string(), role: z.enum(roles), missing: count };

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
export type Group = Readonly<z.infer<typeof group>>;

/** How features go with the label: their coordinates, for each group of rows with about the same label. */
const bond = z.object({
  most: count,
  level: count,
  groups: z.array(group).readonly(),
});
export type Bond = Readonly<z.infer<typeof bond>>;

const columnProfile = z.discriminatedUnion("kind", [numbersColumn, valuesColumn]);
export type ColumnProfile = NumbersColumn | ValuesColumn;

/**
 * What is known of the rows of a batch, or of many: of bounded size, and two of them merge to that of all their rows.
 */
export const profileSchema = z.object({
  rows: count,
  columns: z.array(columnProfile).readonly(),
  /**
   * By the digest of how columns become coordinates, since only what was made alike can be compared; rows of which numbers
   * are missing by themselves.
   */
  bonds: z.record(z.string(), bond),
});
export type Profile = Readonly<z.infer<typeof profileSchema>>;

/** Of no rows: merged with any, it is that one. */
export const emptyProfile: Profile = { rows: 0, columns: [], bonds: {} };
