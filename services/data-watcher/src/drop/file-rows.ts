import { type Definition, isHoldout, readField, rowPlace, rowReader } from "@ratchet/contracts";
import { placeColumns } from "./file-columns.ts";
import { FileFault } from "./file-fault.ts";
import { readerOf } from "./formats/reader-of.ts";
import type { FileRecord, Part } from "./formats/record-reader.ts";

/** A row that fits the schema. */
export interface Row {
  /** The canonical text of each field, in the order of the schema: the same row is the same text, whatever wrote it. */
  readonly fields: readonly string[];
  readonly side: "train" | "holdout";
}

/** Generous for any honest record: a number takes at most 25 characters. */
const longestRecord = (columns: number): number => Math.max(1024 ** 2, columns * 64);

/**
 * The rows of a dropped file, some at a time, as they come; memory does not grow with the file.
 * @throws {FileFault} when anything is wrong: at the first such thing.
 */
export async function* fileRows(
  chunks: AsyncIterable<Buffer>,
  definition: Pick<Definition, "task" | "data">,
): AsyncGenerator<readonly Row[]> {
  const { columns } = rowReader(definition);
  const placeOf = rowPlace(definition);
  let places: readonly (number | undefined)[] | undefined;

  function row({ line, fields }: FileRecord): Row {
    if (!places) throw new TypeError(`the reader of ${definition.data.format} gives a record before any header`);
    const texts: string[] = [];
    for (const [index, column] of columns.entries()) {
      const at = places[index];
      const read = readField(column, at === undefined ? "" : (fields[at] ?? ""));
      if ("fault" in read)
        throw new FileFault("schema-mismatch", read.fault.message, { row: line, column: column.name });
      texts.push(read.text);
    }
    return { fields: texts, side: isHoldout(placeOf(texts), definition.data.holdout) ? "holdout" : "train" };
  }

  function* rows(parts: Iterable<Part>): Generator<Row> {
    for (const part of parts) {
      if ("names" in part) places = placeColumns(part, columns);
      else yield row(part);
    }
  }

  const read = readerOf(definition.data.format);
  for await (const parts of read(chunks, longestRecord(columns.length))) yield [...rows(parts)];
}
