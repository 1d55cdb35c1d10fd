import { type Definition, isHoldout, readField, rowReader, rowShare } from "@ratchet/contracts";
import { placeColumns } from "./file-columns.ts";
import { FileFault } from "./file-fault.ts";
import { type CsvRecord, readCsv } from "./formats/csv-records.ts";
import { decodeText } from "./formats/decode-text.ts";

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
 * @throws {FileFault} at the first thing that is wrong.
 */
export async function* fileRows(
  chunks: AsyncIterable<Buffer>,
  definition: Pick<Definition, "task" | "data">,
): AsyncGenerator<readonly Row[]> {
  const { columns, label } = rowReader(definition);
  const labelIndex = columns.indexOf(label);
  const decoding = decodeText();
  const reading = readCsv(longestRecord(columns.length));
  let header: { readonly width: number; readonly places: readonly number[] } | undefined;

  function row({ line, fields }: CsvRecord): Row | undefined {
    if (!header) {
      header = { width: fields.length, places: placeColumns(fields, line, columns) };
      return undefined;
    }
    if (fields.length !== header.width)
      throw new FileFault("malformed", `${fields.length} fields, where the header has ${header.width}`, { row: line });
    const ordered = header.places.map((place) => fields[place] ?? "");
    for (const [index, column] of columns.entries()) {
      const read = readField(column, ordered[index] ?? "");
      if ("fault" in read)
        throw new FileFault("schema-mismatch", read.fault.message, { row: line, column: column.name });
    }
    const share = rowShare(ordered, labelIndex);
    return { fields: ordered, side: isHoldout(share, definition.data.holdout) ? "holdout" : "train" };
  }

  const rows = (records: Iterable<CsvRecord>): readonly Row[] =>
    Array.from(records, row).filter((read) => read !== undefined);

  for await (const chunk of chunks) {
    const { text, fault } = decoding.push(chunk);
    yield rows(reading.push(text));
    if (fault) throw new FileFault("malformed", fault, { row: reading.line });
  }
  const { fault } = decoding.end();
  if (fault) throw new FileFault("malformed", fault, { row: reading.line });
  yield rows(reading.end());
  if (!header) throw new FileFault("empty-file", "the file is empty; drop a header and rows");
}
