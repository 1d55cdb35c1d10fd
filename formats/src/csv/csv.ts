import { FileFault } from "../file-fault.ts";
import type { Part, ReadLimits } from "../record-reader.ts";
import { readText } from "../text/read-text.ts";
import { type CsvRecord, csvRecords } from "./csv-records.ts";

const otherSeparators = [
  { separator: ";", name: "semicolons" },
  { separator: "\t", name: "tabs" },
  { separator: "|", name: "bars" },
] as const;

/** What people most often do wrong with a header, where it can be seen. */
export function hintOf(header: readonly string[]): string | undefined {
  const [only = ""] = header;
  const other = otherSeparators.find(({ separator }) => header.length === 1 && only.includes(separator));
  if (other) return `the fields seem to be separated by ${other.name}: separate them by commas`;
  if (header.every((name) => name === "" || Number.isFinite(Number(name))))
    return "line 1 seems to be data: put the names of the columns there";
  return undefined;
}

/**
 * Reads CSV: the first record is the header, and all others are as wide.
 * @throws {FileFault} when anything is wrong: at the first such thing.
 */
export async function* readCsv(
  chunks: AsyncIterable<Buffer>,
  { longestRecord }: ReadLimits,
): AsyncGenerator<Iterable<Part>> {
  let width: number | undefined;
  function* parts(records: Iterable<CsvRecord>): Generator<Part> {
    for (const { line, fields } of records) {
      if (width === undefined) {
        width = fields.length;
        yield { line, names: fields, hint: hintOf(fields) };
      } else if (fields.length === width) yield { line, fields };
      else throw new FileFault("malformed", `${fields.length} fields, where the header has ${width}`, { row: line });
    }
  }
  for await (const records of readText(chunks, csvRecords(longestRecord))) yield parts(records);
  if (width === undefined) throw new FileFault("empty-file", "the file is empty; drop a header and rows");
}
