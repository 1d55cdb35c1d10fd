import type { InputFormat } from "@ratchet/contracts";
import { readCsv } from "./csv.ts";
import type { RecordReader } from "./record-reader.ts";

/** The reader of each format that a definition can name as `data.format`. */
export function readerOf(format: InputFormat): RecordReader {
  switch (format) {
    case "csv":
      return readCsv;
    default:
      return format satisfies never;
  }
}
