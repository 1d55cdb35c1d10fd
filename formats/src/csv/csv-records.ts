import { CsvError, parse } from "csv-parse/sync";
import { FileFault } from "../file-fault.ts";
import type { FileRecord } from "../record-reader.ts";
import type { TextReading } from "../text/read-text.ts";

/** One record of a CSV file, the header too. */
export type CsvRecord = FileRecord;

function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

const advice: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed",
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote; write a quote inside quotes twice: ""',
  INVALID_OPENING_QUOTE:
    'a quote inside an unquoted field; put the whole field in quotes and write the quote twice: ""',
};

/** Old Macs ended lines so; taken for text, it would make one line of a file. */
const loneReturn = (row: number): FileFault =>
  new FileFault(
    "malformed",
    "a carriage return without a line feed; save the file with line breaks LF or CRLF, or put the field in quotes",
    { row },
  );

/** The fields of a record that has quotes, by RFC 4180. */
function quotedFields(text: string, line: number): readonly string[] {
  try {
    const [fields = []] = parse(text, { relax_column_count: true, record_delimiter: ["\r\n", "\n"] }) as string[][];
    return fields;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (/\r(?!\n)/.test(text)) throw loneReturn(line);
    const within = typeof error["lines"] === "number" ? error["lines"] - 1 : 0;
    throw new FileFault("malformed", advice[error.code] ?? error.message, { row: line + within });
  }
}

/**
 * Reads CSV (RFC 4180; line breaks LF or CRLF, empty lines left out) from text that comes in pieces. Records without
 * quotes, nearly all of them in files of numbers, are split by hand: ten times as fast as the parser, which reads the others.
 * @param longestRecord in characters: what a quote left open may gather before it is a fault.
 * @throws {FileFault} when the text is not CSV: `push` and `end` do.
 */
export function csvRecords(longestRecord: number): TextReading<CsvRecord> {
  let rest = "";
  let open: { readonly line: number; readonly text: string } | undefined;
  let line = 1;

  const tooLong = (row: number): FileFault =>
    new FileFault("malformed", `a record of more than ${longestRecord} characters; is a quote left open?`, { row });

  function record(text: string): CsvRecord | undefined {
    const quoted = text.includes('"');
    if (!open && !quoted) {
      if (text.includes("\r")) throw loneReturn(line);
      return text === "" ? undefined : { line, fields: text.split(",") };
    }
    const gathered = open ? { line: open.line, text: `${open.text}\n${text}` } : { line, text };
    if (gathered.text.length > longestRecord) throw tooLong(gathered.line);
    // Whether the quotes are still open is only asked of the new line: the gathered ones are known to be.
    open = hasOddQuotes(text) === (open === undefined) ? gathered : undefined;
    return open ? undefined : { line: gathered.line, fields: quotedFields(gathered.text, gathered.line) };
  }

  return {
    get line() {
      return line;
    },
    *push(text) {
      let from = 0;
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
        const whole = rest + text.slice(from, at);
        rest = "";
        from = at + 1;
        const read = record(whole.endsWith("\r") ? whole.slice(0, -1) : whole);
        line += 1;
        if (read) yield read;
      }
      rest += text.slice(from);
      if (rest.length > longestRecord) throw rest.includes("\r") ? loneReturn(line) : tooLong(line);
    },
    *end() {
      const read = rest === "" ? undefined : record(rest);
      if (read) yield read;
      if (open) throw new FileFault("malformed", "a quote is opened and never closed", { row: open.line });
    },
  };
}
