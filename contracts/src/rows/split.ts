import type { Definition } from "../definition/definition.ts";
import { rowHash } from "./row-hash.ts";
import { rowReader } from "./row-reader.ts";

const range = 2 ** 32;

/** The place that a hash stands for, in [0, 1): its first 32 bits. */
export const placeOf = (hash: Buffer): number => hash.readUInt32BE(0) / range;

/**
 * Where a model's rows stand in the split, in [0, 1): by a hash of their canonical features, or of their group. Columns that
 * are neither do not matter, nor does the label.
 * @returns a function of a row's canonical texts in the order of the schema (see `readField`).
 * @throws {RangeError} when the label is no column of the schema.
 */
export function rowPlace(definition: Pick<Definition, "task" | "data">): (texts: readonly string[]) => number {
  const { columns, features } = rowReader(definition);
  const { group } = definition.data;
  const hash = rowHash(columns, group ?? features.map(({ name }) => name));
  return (texts) => placeOf(hash(texts));
}

/** Whether a row judges, and so never trains, where `holdout` is the share of rows held out by hash. */
export const isHoldout = (place: number, holdout: number): boolean => place < holdout;

/** Rows that may train, and rows that are held out to judge. */
export type Side = "train" | "holdout";

/**
 * On which side of the split a model's rows are put when they are admitted. By `data.time` none is held out then: which are the
 * newest is known only of all of them, whenever a model is trained.
 * @returns a function of a row's canonical texts in the order of the schema (see `readField`).
 * @throws {RangeError} when the label is no column of the schema.
 */
export function admittedSide(definition: Pick<Definition, "task" | "data">): (texts: readonly string[]) => Side {
  const { time, holdout } = definition.data;
  if (time !== undefined) return () => "train";
  const place = rowPlace(definition);
  return (texts) => (isHoldout(place(texts), holdout) ? "holdout" : "train");
}
