import type { Compression } from "../compression/decompress.ts";
import { FileFault } from "../file-fault.ts";
import { openRecords } from "../open-records.ts";
import type { FileFormat } from "../recognise.ts";
import { type ColumnSummarising, type ColumnSummary, summariseColumn } from "./column-summary.ts";

/** What a file holds. */
export interface FileSummary {
  readonly format: FileFormat;
  readonly compression: Compression | undefined;
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
}

/** How many different values are told apart, in all columns together. */
const distinctInAll = 2_000_000;
/** And in one. */
const distinctInOne = 100_000;
/** A column's at least. */
const distinctAtLeast = 1_000;

/** In characters: what a record left open may gather. */
const longestRecord = 16 * 1024 ** 2;

/** A column of which rows have been read before it came up. */
function later(name: string, mostDistinct: number, rows: number): ColumnSummarising {
  const column = summariseColumn(name, mostDistinct);
  for (let row = 0; row < rows; row += 1) column.add("");
  return column;
}

/**
 * Reads a file through and says what it holds; no schema is needed. Memory does not grow with its rows.
 * @param maxBytes in bytes: how large it may be once it is decompressed.
 * @throws {FileFault} when it cannot be read: at the first such thing.
 */
export async function summariseFile(
  chunks: AsyncIterable<Buffer>,
  { name, maxBytes }: { readonly name: string; readonly maxBytes: number },
): Promise<FileSummary> {
  const { format, compression, parts } = await openRecords(chunks, { format: "any", name, maxBytes, longestRecord });
  let columns: readonly ColumnSummarising[] = [];
  let known = new Map<string, ColumnSummarising>();
  let rows = 0;
  for await (const some of parts)
    for (const part of some)
      if ("names" in part) {
        const mostDistinct = Math.max(
          distinctAtLeast,
          Math.min(distinctInOne, Math.floor(distinctInAll / part.names.length)),
        );
        const before = known;
        known = new Map(part.names.map((column) => [column, before.get(column) ?? later(column, mostDistinct, rows)]));
        if (known.size < part.names.length)
          throw new FileFault("schema-mismatch", "the header has a column twice", { row: part.line });
        columns = [...known.values()];
      } else {
        rows += 1;
        for (const [index, column] of columns.entries()) column.add(part.fields[index] ?? "");
      }
  return { format, compression, rows, columns: columns.map((column) => column.end()) };
}
