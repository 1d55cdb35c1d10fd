import { hash } from "node:crypto";
import type { Column } from "../definition/column.ts";
import { readField } from "./field.ts";

/** The parts of a row that are hashed: names stand for themselves, so that a part left out moves no other. */
interface Part {
  readonly index: number;
  /** The column's name and what ends it. */
  readonly beginning: Uint8Array;
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
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ index, name, nothing }) => ({ index, beginning: Buffer.from(`${name}\u001f`), nothing }));
}

/** Writes text as UTF-8: letter by letter as long as it is ASCII, which for short texts is faster than one call. */
function write(bytes: Buffer, at: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return at + bytes.write(text, at);
    bytes[at + index] = code;
  }
  return at + text.length;
}

/** What a text takes in UTF-8, with its length before it and its end. */
const mostBytes = (text: string): number => 3 * text.length + 16;

/** What a row says in some parts, as bytes that are the same until the next row is written. */
function rowWriter(parts: readonly Part[]): (texts: readonly string[]) => Buffer {
  let bytes = Buffer.alloc(1024);
  return (texts) => {
    let at = 0;
    for (const { index, beginning, nothing } of parts) {
      const text = texts[index] ?? "";
      // A column that was added later says of former rows what its default says.
      if (text === "" || text === nothing) continue;
      const most = at + beginning.length + mostBytes(text);
      if (most > bytes.length) bytes = Buffer.concat([bytes], 2 * most);
      bytes.set(beginning, at);
      at = write(bytes, at + beginning.length, `${text.length}:`);
      at = write(bytes, at, text);
      at = write(bytes, at, "\u001e");
    }
    return bytes.subarray(0, at);
  };
}

/** SHA-256 of bytes, or of a text in UTF-8: 32 bytes. */
export const sha256 = (content: string | Buffer): Buffer =>
  // Twice as fast as asking for a buffer: that would be memory of its own.
  Buffer.from(hash("sha256", content, "binary"), "binary");

/**
 * A hash of what a row says in some of its columns. It follows from canonical values, in the order of the columns' names:
 * neither the order of the schema matters nor what wrote the file.
 * @param columns all columns of the schema, in its order.
 * @param names of those that are hashed.
 * @returns a function of a row's canonical texts in the order of the schema (see {@link readField}): 32 bytes.
 */
export function rowHash(columns: readonly Column[], names: Iterable<string>): (texts: readonly string[]) => Buffer {
  const written = rowWriter(partsOf(columns, new Set(names)));
  return (texts) => sha256(written(texts));
}
