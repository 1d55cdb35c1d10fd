import { Readable } from "node:stream";
import { type Column, canBeMissing, indexesIn, readField } from "@ratchet/contracts";
import { parse } from "csv-parse";

/** Rows that were admitted once, and cannot be read by the present schema. */
export class UnreadableRowsError extends Error {
  override readonly name = "UnreadableRowsError";
  readonly transient = false;
}

/** A row by the present schema, in the order of its columns. */
export interface StoredRow {
  /** The canonical text of each field. */
  readonly texts: readonly string[];
  /** What the model sees of each. */
  readonly values: readonly number[];
}

/**
 * How the rows of a batch are read by the present schema.
 * @throws {UnreadableRowsError} when the batch has no column like one that every row needs.
 */
function readingOf(names: readonly string[], columns: readonly Column[], where: string) {
  const indexes = indexesIn(names, columns);
  const missing = columns.find((column, index) => indexes[index] === undefined && !canBeMissing(column));
  if (missing)
    throw new UnreadableRowsError(
      `${where} has no column ${missing.name}; the schema has changed since it was admitted: give the column a default, or say by \`was\` what it was called`,
    );
  return (fields: readonly string[], line: number): StoredRow | UnreadableRowsError => {
    const texts: string[] = [];
    const values: number[] = [];
    for (const [index, column] of columns.entries()) {
      const at = indexes[index];
      const read = readField(column, at === undefined ? "" : (fields[at] ?? ""));
      if ("fault" in read)
        return new UnreadableRowsError(
          `${where}, line ${line}, column ${column.name}: ${read.fault.message}; the schema has changed since the batch was admitted`,
        );
      texts.push(read.text);
      values.push(read.value);
    }
    return { texts, values };
  };
}

/**
 * The rows of a batch's CSV file, as it was kept when it was admitted, read by the present schema: columns may have come in
 * another order, have had other names (`was`), or not have been there where they have a default or may be empty.
 * @param where what the batch is called in errors, e.g. `batch 3f1c9a0b5d7e2468`.
 * @returns of each row what it is, or why it cannot be read: it names batch, line and column.
 * @throws {UnreadableRowsError} when the batch has no column like one that every row needs.
 */
export async function* storedRows(
  chunks: AsyncIterable<Buffer>,
  columns: readonly Column[],
  where: string,
): AsyncGenerator<StoredRow | UnreadableRowsError> {
  const parser = parse({ bom: true });
  const bytes = Readable.from(chunks);
  bytes.on("error", (error) => parser.destroy(error));
  let read: ReturnType<typeof readingOf> | undefined;
  let line = 0;
  for await (const fields of bytes.pipe(parser) as AsyncIterable<readonly string[]>) {
    line += 1;
    if (read) yield read(fields, line);
    else read = readingOf(fields, columns, where);
  }
}

const quoted: ReadonlySet<number> = new Set(Buffer.from('",\r\n'));

/** Whether a field must be in quotes. Letter by letter: fields are short, and there are many. */
function needsQuotes(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (quoted.has(text.charCodeAt(index))) return true;
  return false;
}

const field = (text: string): string => (needsQuotes(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A line of CSV, as rows are kept: with a line feed at its end. */
export const csvLine = (fields: readonly string[]): string =>
  `${(fields.some(needsQuotes) ? fields.map(field) : fields).join(",")}\n`;
