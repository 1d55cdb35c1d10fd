import type { InputFormat } from "@ratchet/contracts";
import type { Compression } from "./compression/decompress.ts";
import { FileFault } from "./file-fault.ts";

export type FileFormat = Exclude<InputFormat, "any">;

export const formatNames: Readonly<Record<FileFormat, string>> = {
  csv: "CSV",
  jsonl: "JSON Lines",
  parquet: "Parquet",
};

const startsWith = (head: Buffer, ...bytes: readonly number[]): boolean =>
  head.subarray(0, bytes.length).equals(Buffer.from(bytes));
const startsWithText = (head: Buffer, text: string): boolean =>
  head.subarray(0, text.length).equals(Buffer.from(text, "latin1"));

/** In bytes: the longest magic number is shorter. */
const magicBytes = 16;

/** In bytes: after so many blanks nobody waits for the first letter any more. */
const mostBlanks = 64 * 1024;

const blanks: ReadonlySet<number> = new Set(Buffer.from(" \t\r\n"));

const mark = Buffer.from("\ufeff");

/** The first byte that is no blank, and no byte order mark; undefined where there is none yet. */
function firstLetter(head: Buffer): number | undefined {
  const from = head.subarray(0, mark.length).equals(mark) ? mark.length : 0;
  return head.subarray(from).find((byte) => !blanks.has(byte));
}

/** Whether a file can be recognised by its first bytes. */
export const isEnough = (head: Buffer): boolean =>
  head.length >= mostBlanks || (head.length >= magicBytes && firstLetter(head) !== undefined);

/** How a file is compressed; undefined where it is not, or by something else. */
export function compressionOf(head: Buffer): Compression | undefined {
  if (startsWith(head, 0x1f, 0x8b)) return "gzip";
  if (startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  // A frame of zstd that holds no data, as pzstd writes first.
  const [first = 0] = head;
  return first >= 0x50 && first <= 0x5f && head.subarray(1, 4).equals(Buffer.from([0x2a, 0x4d, 0x18]))
    ? "zstd"
    : undefined;
}

const asCsv = "save it as CSV in UTF-8, with commas";

/** What people drop that is none of the formats, and what to do about it. */
const others: readonly { readonly is: (head: Buffer) => boolean; readonly words: string }[] = [
  {
    is: (head) =>
      startsWith(head, 0xff, 0xfe) || startsWith(head, 0xfe, 0xff) || (head[0] !== 0 && head[1] === 0 && head[3] === 0),
    words:
      "text in UTF-16, as Excel writes for 'Unicode Text'; save it as 'CSV UTF-8 (Comma delimited)', or in any other tool as UTF-8",
  },
  {
    is: (head) => startsWith(head, 0x50, 0x4b, 3, 4),
    words: `a zip archive or an Excel workbook; ${asCsv}, compressed by gzip or zstd if at all`,
  },
  { is: (head) => startsWith(head, 0xd0, 0xcf, 0x11, 0xe0), words: `an old Excel workbook; ${asCsv}` },
  {
    is: (head) => startsWithText(head, "PARE"),
    words: "an encrypted Parquet file, of which nobody has the key here; write it without encryption",
  },
  { is: (head) => startsWithText(head, "ARROW1"), words: "an Arrow (Feather) file; write it as Parquet" },
  { is: (head) => startsWithText(head, "ORC"), words: "an ORC file; write it as Parquet" },
  { is: (head) => startsWithText(head, "Obj\u0001"), words: "an Avro file; write it as Parquet" },
  {
    is: (head) => startsWithText(head, "SQLite format 3"),
    words: `a SQLite database; write its table as Parquet or CSV`,
  },
  { is: (head) => startsWith(head, 0x89, 0x48, 0x44, 0x46), words: "an HDF5 file; write it as Parquet" },
  {
    is: (head) => startsWithText(head, "BZh"),
    words: "compressed by bzip2; compress it by gzip or zstd, or not at all",
  },
  {
    is: (head) => startsWith(head, 0xfd, 0x37, 0x7a, 0x58, 0x5a),
    words: "compressed by xz; compress it by gzip or zstd, or not at all",
  },
  {
    is: (head) => /^(\ufeff)?\s*\[\s*\{/.test(head.toString("utf8")),
    words:
      "one JSON array; write its objects one per line, without the brackets and the commas between them (JSON Lines)",
  },
];

/**
 * The format of a file by its first bytes, when it is not compressed any more. What looks like nothing else is CSV, whose
 * reader says what is wrong with it.
 * @throws {FileFault} when it is known to be none that is read.
 */
export function formatOf(head: Buffer): FileFormat {
  if (startsWithText(head, "PAR1")) return "parquet";
  if (compressionOf(head)) throw new FileFault("malformed", "the file is compressed twice; compress it once");
  const other = others.find(({ is }) => is(head));
  if (other) throw new FileFault("malformed", `the file is ${other.words}`);
  return firstLetter(head) === 0x7b ? "jsonl" : "csv";
}

const endings: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.(csv|txt)$/, "csv"],
  [/\.(jsonl|ndjson|json)$/, "jsonl"],
  [/\.(parquet|pq|parq)$/, "parquet"],
];

/** The format that a file's name speaks of, which proves nothing. */
export function formatByName(name: string): FileFormat | undefined {
  const plain = name.toLowerCase().replace(/\.(gz|gzip|zst|zstd)$/, "");
  return endings.find(([ending]) => ending.test(plain))?.[1];
}
