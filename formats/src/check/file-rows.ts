import { admittedSide, type Definition, rowReader, type Side } from "@ratchet/contracts";
import { FileFault } from "../file-fault.ts";
import { openRecords } from "../open-records.ts";
import type { FileRecord, Part } from "../record-reader.ts";
import { fieldReaders } from "./field-readers.ts";
import { placeColumns } from "./file-columns.ts";

/** A row that fits the schema. */
export interface Row {
  /** The canonical text of each field, in the order of the schema: the same row is the same text, whatever wrote it. */
  readonly fields: readonly string[];
  readonly side: Side;
}

/** Generous for any honest record: a number takes at most 25 characters. */
const longestRecord = (columns: number): number => Math.max(1024 ** 2, columns * 64);

/**
 * The rows of a dropped file, some at a time, as they come; memory does not grow with the file.
 * @param name the file's, for better words.
 * @throws {FileFault} when anything is wrong: at the first such thing.
 */
export async function* fileRows(
  chunks: AsyncIterable<Buffer>,
  definition: Pick<Definition, "task" | "data">,
  name?: string,
): AsyncGenerator<readonly Row[]> {
  const { columns } = rowReader(definition);
  const readers = fieldReaders(columns);
  const sideOf = admittedSide(definition);
  let places: readonly (number | undefined)[] | undefined;

  function row({ line, rowGroup, fields }: FileRecord): Row {
    if (!places) throw new TypeError("the file's reader gives a record before any header");
    const texts: string[] = [];
    for (const [index, read] of readers.entries()) {
      const at = places[index];
      const field = read(at === undefined ? "" : (fields[at] ?? ""));
      if ("fault" in field)
        throw new FileFault("schema-mismatch", field.fault.message, {
          row: line,
          rowGroup,
          column: columns[index]?.name,
        });
      texts.push(field.text);
    }
    return { fields: texts, side: sideOf(texts) };
  }

  function* rows(parts: Iterable<Part>): Generator<Row> {
    for (const part of parts) {
      if ("names" in part) places = placeColumns(part, columns);
      else yield row(part);
    }
  }

  const { format, maxBytes } = definition.data;
  const { parts } = await openRecords(chunks, {
    format,
    maxBytes,
    name,
    longestRecord: longestRecord(columns.length),
    columns: columns.map((column) => column.name),
  });
  for await (const some of parts) yield [...rows(some)];
}
