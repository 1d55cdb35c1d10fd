import { type Definition, isHoldout, readField, rowReader, rowShare } from "@ratchet/contracts";
import { FileFault } from "../file-fault.ts";
import { openRecords } from "../open-records.ts";
import type { FileRecord, Part } from "../record-reader.ts";
import { placeColumns } from "./file-columns.ts";

/** A row that fits the schema. */
export interface Row {
  /** As in the file, in the order of the schema. */
  readonly fields: readonly string[];
  readonly side: "train" | "holdout";
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
  const { columns, label } = rowReader(definition);
  const labelIndex = columns.indexOf(label);
  let places: readonly number[] | undefined;

  function row({ line, rowGroup, fields }: FileRecord): Row {
    if (!places) throw new TypeError("the file's reader gives a record before any header");
    const ordered = places.map((place) => fields[place] ?? "");
    for (const [index, column] of columns.entries()) {
      const read = readField(column, ordered[index] ?? "");
      if ("fault" in read)
        throw new FileFault("schema-mismatch", read.fault.message, { row: line, rowGroup, column: column.name });
    }
    const share = rowShare(ordered, labelIndex);
    return { fields: ordered, side: isHoldout(share, definition.data.holdout) ? "holdout" : "train" };
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
