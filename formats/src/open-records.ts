import type { InputFormat } from "@ratchet/contracts";
import { type Compression, decompress } from "./compression/decompress.ts";
import { peek } from "./compression/peek.ts";
import { readCsv } from "./csv/csv.ts";
import { FileFault } from "./file-fault.ts";
import { readJsonLines } from "./jsonl/json-lines.ts";
import { readParquet } from "./parquet/parquet.ts";
import { compressionOf, type FileFormat, formatByName, formatNames, formatOf, isEnough } from "./recognise.ts";
import type { Part, ReadLimits, RecordReader } from "./record-reader.ts";

const readers: Readonly<Record<FileFormat, RecordReader>> = {
  csv: readCsv,
  jsonl: readJsonLines,
  parquet: readParquet,
};

interface OpenOptions extends ReadLimits {
  /** What is wanted; a file of another format is refused. */
  readonly format: InputFormat;
  /** The file's name, for better words where its content is not what the name says. */
  readonly name?: string | undefined;
}

/** A file of which the format is known. */
export interface OpenedFile {
  readonly format: FileFormat;
  readonly compression: Compression | undefined;
  /**
   * What it holds, some at a time; to be read once.
   * @throws {FileFault} when anything is wrong: at the first such thing.
   */
  readonly parts: AsyncIterable<Iterable<Part>>;
}

/** What to add to a fault where the name promised another format. */
function nameHint(format: FileFormat, name: string | undefined): string | undefined {
  const promised = name === undefined ? undefined : formatByName(name);
  if (promised === undefined || promised === format) return undefined;
  return `the name says ${formatNames[promised]}, and the content was read as ${formatNames[format]}`;
}

async function* withHint(
  parts: AsyncIterable<Iterable<Part>>,
  hint: string | undefined,
): AsyncGenerator<Iterable<Part>> {
  if (hint === undefined) return yield* parts;
  const hinted = (text: string | undefined) => (text === undefined ? hint : `${text}; ${hint}`);
  function* some(read: Iterable<Part>): Generator<Part> {
    try {
      for (const part of read) yield "names" in part ? { ...part, hint: hinted(part.hint) } : part;
    } catch (error) {
      throw told(error);
    }
  }
  const told = (error: unknown) =>
    error instanceof FileFault ? new FileFault(error.code, hinted(error.message), error.place) : error;
  try {
    for await (const read of parts) yield some(read);
  } catch (error) {
    throw told(error);
  }
}

function recognised(head: Buffer, { format: wanted }: OpenOptions): FileFormat {
  if (head.length === 0) throw new FileFault("empty-file", "the file is empty; drop it again with rows in it");
  const format = formatOf(head);
  if (wanted === "any" || wanted === format) return format;
  throw new FileFault(
    "schema-mismatch",
    `the file is ${formatNames[format]}, and data.format takes ${formatNames[wanted]} only; convert the file, or set data.format to any`,
  );
}

/**
 * Opens a file by its content: undoes what compresses it, and finds the reader of its format. Its name is only asked where
 * something is wrong.
 * @throws {FileFault} when it is empty, of no format that is read, or of another than is wanted.
 */
export async function openRecords(dropped: AsyncIterable<Buffer>, options: OpenOptions): Promise<OpenedFile> {
  const raw = await peek(dropped, isEnough);
  try {
    const compression = compressionOf(raw.head);
    const plain = compression ? await peek(decompress(raw.chunks, compression, options.maxBytes), isEnough) : raw;
    const format = recognised(plain.head, options);
    const parts = readers[format](plain.chunks, options);
    return { format, compression, parts: withHint(parts, nameHint(format, options.name)) };
  } catch (error) {
    await raw.close();
    throw error;
  }
}
