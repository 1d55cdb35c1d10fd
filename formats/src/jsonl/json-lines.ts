import { FileFault } from "../file-fault.ts";
import type { FileRecord, Part, ReadLimits } from "../record-reader.ts";
import { readText } from "../text/read-text.ts";
import { type Line, textLines } from "../text/text-lines.ts";
import { JsonSyntaxError, readObject } from "./json-object.ts";

/** What most often makes a line no object. */
function hintOf(line: string): string {
  const text = line.trim();
  if (text === "{" || text.endsWith(",") || text.endsWith("{")) return "; write each object on one line";
  if (/\bNaN\b|Infinity/.test(text)) return "; JSON has no NaN and no Infinity: write null";
  return "";
}

/** The names of columns and where each stands in a record. */
interface Columns {
  readonly names: readonly string[];
  /** Where a key stands; undefined where it has no place. */
  place(key: string): number | undefined;
}

/** The columns of the schema: another key is a fault. */
function wantedColumns(names: readonly string[]): Columns {
  const places = new Map(names.map((name, index) => [name, index]));
  return { names, place: (key) => places.get(key) };
}

/** No file has so many columns; one whose keys are data does. */
const mostKeys = 100_000;

/** The keys of the file's own objects, in the order in which they come. */
function foundColumns(): Columns {
  const places = new Map<string, number>();
  return {
    get names() {
      return [...places.keys()];
    },
    place(key) {
      const known = places.get(key) ?? places.size;
      if (known >= mostKeys) return undefined;
      places.set(key, known);
      return known;
    },
  };
}

function readLine({ line, text }: Line, columns: Columns): FileRecord {
  const fields: (string | undefined)[] = [];
  try {
    readObject(text, (key, value) => {
      const place = columns.place(key);
      const fault = (message: string) => new FileFault("schema-mismatch", message, { row: line, column: key });
      if (place === undefined) throw fault("the schema has no such column; remove the key or extend the schema");
      if (fields[place] !== undefined)
        throw new FileFault("malformed", "the object has this key twice", { row: line, column: key });
      if ("nested" in value)
        throw fault(`${value.nested}, and a field holds one value; write what is in it as columns of their own`);
      fields[place] = value.text;
    });
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new FileFault("malformed", `not a JSON object: ${error.message}${hintOf(text)}`, { row: line });
  }
  return { line, fields: Array.from({ length: columns.names.length }, (_, index) => fields[index] ?? "") };
}

/**
 * Reads JSON Lines: an object per line, blank lines left out. A key that is null or not there is a missing field.
 * @throws {FileFault} when anything is wrong: at the first such thing.
 */
export async function* readJsonLines(
  chunks: AsyncIterable<Buffer>,
  { longestRecord, columns: wanted }: ReadLimits,
): AsyncGenerator<Iterable<Part>> {
  const columns = wanted ? wantedColumns(wanted) : foundColumns();
  let said = -1;
  function* parts(lines: Iterable<Line>): Generator<Part> {
    for (const line of lines) {
      const record = readLine(line, columns);
      const { length } = record.fields;
      if (length !== said) yield { names: columns.names };
      said = length;
      yield record;
    }
  }
  for await (const lines of readText(chunks, textLines(longestRecord))) yield parts(lines);
}
