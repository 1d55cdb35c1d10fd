import { hash } from "node:crypto";
import type { Column } from "../definition/column.ts";
import { readField } from "./field.ts";

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

function partsOf(columns: readonly Column[], hashed: ReadonlySet<string>): readonly Part[] {
  return columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => hashed.has(column.name))
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

/** SHA-256 of a text: 32 bytes. */
export const sha256 = (text: string): Buffer => hash("sha256", text, "buffer");

/**
 * A hash of what a row says in some of its columns. It follows from canonical values, in the order of the columns' names:
 * neither the order of the schema matters nor what wrote the file.
 * @param columns all columns of the schema, in its order.
 * @param names of those that are hashed.
 * @returns a function of a row's canonical texts in the order of the schema (see {@link readField}): 32 bytes.
 */
export function rowHash(columns: readonly Column[], names: Iterable<string>): (texts: readonly string[]) => Buffer {
  const parts = partsOf(columns, new Set(names));
  return (texts) => sha256(textOf(parts, texts));
}
