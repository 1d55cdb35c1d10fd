import { hash } from "node:crypto";
import type { Column } from "../definition/column.ts";
import type { Definition } from "../definition/definition.ts";
import { readField } from "./field.ts";
import { rowReader } from "./row-reader.ts";

const range = 2 ** 32;

/** The parts of a row that are hashed: names stand for themselves, so that a part left out moves no other. */
interface Part {
  readonly index: number;
  readonly name: string;
  /** The canonical text that says no more than no text at all. */
  readonly nothing: string;
}

/** By its first name, so that a row is the same when a column is renamed. */
const firstName = ({ name, was = [] }: Column): string => was.at(-1) ?? name;

/** The canonical text of a column's default; empty where it has none. */
function defaultText(column: Column): string {
  if (column.default === undefined) return "";
  const read = readField({ ...column, default: undefined }, column.default);
  return "fault" in read ? "" : read.text;
}

function partsOf(columns: readonly Column[], isPart: (column: Column) => boolean): readonly Part[] {
  return columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => isPart(column))
    .map(({ column, index }) => ({ index, name: firstName(column), nothing: defaultText(column) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function textOf(parts: readonly Part[], texts: readonly string[]): string {
  let all = "";
  for (const { index, name, nothing } of parts) {
    const text = texts[index] ?? "";
    // A column that was added later says of former rows what its default says.
    if (text !== "" && text !== nothing) all += `${name}\u001f${text.length}:${text}\u001e`;
  }
  return all;
}

/**
 * Where a model's rows stand in the split, in [0, 1): by a hash of their canonical features, in the order of their names, or
 * of their group. Neither the order of the schema nor what wrote the file matters, nor do columns that are no features, nor
 * does the label.
 * @returns a function of a row's canonical texts in the order of the schema (see {@link readField}).
 * @throws {RangeError} when the label is no column of the schema.
 */
export function rowPlace(definition: Pick<Definition, "task" | "data">): (texts: readonly string[]) => number {
  const { columns, features } = rowReader(definition);
  const { group } = definition.data;
  const parts = partsOf(columns, (column) => (group ? group.includes(column.name) : features.includes(column)));
  return (texts) => hash("sha256", textOf(parts, texts), "buffer").readUInt32BE(0) / range;
}

/** Whether a row judges, and so never trains, where `holdout` is the share of rows held out by hash. */
export const isHoldout = (place: number, holdout: number): boolean => place < holdout;
