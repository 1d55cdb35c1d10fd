import { crc32 } from "node:zlib";
import type { ColumnMetaData, DecodedArray, PageHeader, SchemaElement } from "hyparquet";
import { parquetHeader, readPage } from "hyparquet/src/column.js";
import { checkPage } from "./check-page.ts";
import type { Meaning, Raw } from "./columns.ts";
import { dictionaryValues, type KeptPages, type PageValues, plainValues } from "./page-values.ts";
import { plainPage, withoutLevels } from "./plain-page.ts";
import type { RandomAccess } from "./spool.ts";

/** In bytes: so much is read for the header of a page, and more where that is not enough. */
const headerBytes = [4 * 1024, 256 * 1024, 4 * 1024 ** 2] as const;

/** In bytes: the largest page that is read, before and after it is decompressed. */
const largestPage = 256 * 1024 ** 2;

/** How many pages a column may have in one row group. */
const mostPages = 65_536;

/** Where a page is. */
export interface Page {
  readonly header: PageHeader;
  /** Where its bytes begin, behind the header. */
  readonly at: number;
  /** The rows of the group that it holds. */
  readonly from: number;
  readonly to: number;
}

/** A column in one row group: where its pages are, before any of them is decoded. */
export interface ColumnChunk {
  readonly element: SchemaElement;
  readonly meaning: Meaning;
  readonly codec: string;
  readonly dictionary: Page | undefined;
  readonly pages: readonly Page[];
}

async function readHeader(
  file: RandomAccess,
  at: number,
  end: number,
): Promise<{ readonly header: PageHeader; readonly length: number }> {
  for (const most of headerBytes) {
    const window = await file.read(at, Math.min(most, end - at));
    const reader = { view: new DataView(window.buffer), offset: 0 };
    try {
      return { header: parquetHeader(reader), length: reader.offset };
    } catch (error) {
      if (most === headerBytes.at(-1) || window.length < most) throw error;
    }
  }
  throw new Error("the header of a page is too long");
}

function rowsOf(header: PageHeader): number {
  const v1 = header.data_page_header;
  return v1 ? v1.num_values : (header.data_page_header_v2?.num_values ?? 0);
}

const encodingOf = ({ data_page_header, data_page_header_v2 }: PageHeader): string | undefined =>
  (data_page_header ?? data_page_header_v2)?.encoding;

function checkSizes({ compressed_page_size: compressed, uncompressed_page_size: plain }: PageHeader): void {
  for (const size of [compressed, plain])
    if (!(size >= 0 && size <= largestPage))
      throw new Error(`a page of ${size ?? "no known number of"} bytes, where at most ${largestPage} are read`);
}

/**
 * Finds the pages of a column in a row group, by their headers.
 * @param rows how many rows the group has.
 * @throws {Error} when they are not what the group's metadata say.
 */
export async function openColumnChunk(
  file: RandomAccess,
  { codec, data_page_offset, dictionary_page_offset, total_compressed_size, num_values }: ColumnMetaData,
  column: Pick<ColumnChunk, "element" | "meaning">,
  rows: number,
): Promise<ColumnChunk> {
  let at = Number(dictionary_page_offset || data_page_offset);
  const end = at + Number(total_compressed_size);
  if (!(at >= 0 && end <= file.bytes)) throw new Error("it lies outside the file");
  const lacks = (values: number | bigint) =>
    new Error(`it holds ${values} values where the row group has ${rows} rows`);
  if (num_values !== BigInt(rows)) throw lacks(num_values);
  const pages: Page[] = [];
  let dictionary: Page | undefined;
  let seen = 0;
  while (seen < rows) {
    if (at >= end) throw lacks(seen);
    const { header, length } = await readHeader(file, at, end);
    checkSizes(header);
    const start = at + length;
    at = start + header.compressed_page_size;
    if (at > end) throw new Error("a page goes beyond the end of its column");
    const values =
      header.type === "DICTIONARY_PAGE" ? (header.dictionary_page_header?.num_values ?? 0) : rowsOf(header);
    if (!(values >= 0 && values <= largestPage)) throw new Error(`a page of ${values} values`);
    if (header.type === "DICTIONARY_PAGE") dictionary = { header, at: start, from: 0, to: values };
    else if (values > 0) {
      pages.push({ header, at: start, from: seen, to: seen + values });
      seen += values;
    }
    if (seen > rows) throw new Error(`it holds more values than the row group has rows (${rows})`);
    if (pages.length > mostPages) throw new Error(`more than ${mostPages} pages; write it with larger ones`);
  }
  return { ...column, codec, dictionary, pages };
}

/** Decodes a page to values as they are stored, null where there is none. */
async function decode(
  file: RandomAccess,
  { element, codec }: ColumnChunk,
  { header, at }: Page,
  dictionary: DecodedArray | undefined,
): Promise<DecodedArray> {
  const { type } = element;
  if (!type) throw new Error("it has no type");
  const compressed = await file.read(at, header.compressed_page_size);
  if (compressed.length < header.compressed_page_size) throw new Error("the file ends within a page");
  // Spark writes a checksum, others where they are told to; without one damage may read as other values.
  if (header.crc !== undefined && crc32(compressed) !== header.crc >>> 0) throw new Error("a page's checksum is wrong");
  const stored = plainPage(header, compressed, codec);
  const isOptional = element.repetition_type === "OPTIONAL";
  const held = checkPage(stored, type, isOptional);
  const isWhole = isOptional && held?.present === rowsOf(header);
  const page = isWhole ? withoutLevels(stored, held.at) : stored;
  // Without what says their meaning, values stay as they are stored: the library's own conversions are not exact.
  const bare: SchemaElement = { type, name: element.name };
  if (element.type_length !== undefined) bare.type_length = element.type_length;
  if (element.repetition_type !== undefined) bare.repetition_type = isWhole ? "REQUIRED" : element.repetition_type;
  const leaf = { element: bare, children: [], count: 1, path: [element.name] };
  const root = { element: { name: "schema", num_children: 1 }, children: [leaf], count: 2, path: [] };
  const decoder = {
    pathInSchema: leaf.path,
    element: bare,
    schemaPath: [root, leaf],
    type,
    codec: "UNCOMPRESSED" as const,
    utf8: false,
    parsers: rawParsers,
  };
  const reader = { view: new DataView(page.bytes.buffer), offset: 0 };
  const { data } = readPage(reader, page.header, decoder as never, dictionary, undefined, 0);
  if (!data) throw new Error("a page holds no values");
  return data;
}

const nanoseconds = (value: unknown) => value;
const rawParsers = { timestampFromNanoseconds: nanoseconds };

/** A dictionary, and a stand-in for it that gives places in it instead of values. */
interface Dictionary {
  readonly values: readonly Raw[];
  readonly places: DecodedArray;
}

/** A value's text where it has one; what has none is told where a row has it. */
function textOrValue({ keep, text }: Meaning, stored: Raw): Raw {
  const value = keep ? keep(stored) : stored;
  try {
    return text(value);
  } catch {
    return value;
  }
}

async function readDictionary(file: RandomAccess, chunk: ColumnChunk): Promise<Dictionary | undefined> {
  if (!chunk.dictionary) return undefined;
  const stored = await decode(file, chunk, chunk.dictionary, undefined);
  // Each text is made once, however many rows have it.
  const values = Array.from(stored, (value) => textOrValue(chunk.meaning, value as Raw));
  return { values, places: Int32Array.from(values.keys()) };
}

async function readPageValues(
  file: RandomAccess,
  chunk: ColumnChunk,
  page: Page,
  dictionary: Dictionary | undefined,
): Promise<PageValues> {
  const decoded = await decode(file, chunk, page, dictionary?.places);
  if (decoded.length !== page.to - page.from)
    throw new Error(`a page holds ${decoded.length} values where its header says ${page.to - page.from}`);
  return dictionary && encodingOf(page.header)?.endsWith("_DICTIONARY")
    ? dictionaryValues(decoded, dictionary.values)
    : plainValues(decoded);
}

/**
 * The values of some rows of a column, as they are kept until their row is due; null where there is none. Pages that hold
 * none of the rows are not read.
 * @param kept pages that were decoded for former rows.
 * @throws {Error} when they are not what their headers say.
 * @throws {ValueFault} when one is no text where text is due.
 */
export async function readRows(
  file: RandomAccess,
  chunk: ColumnChunk,
  { from, to }: { readonly from: number; readonly to: number },
  kept: KeptPages<Page>,
): Promise<readonly (Raw | null)[]> {
  const rows: (Raw | null)[] = [];
  const { keep = (value: Raw) => value } = chunk.meaning;
  let dictionary: Dictionary | undefined;
  for (const page of chunk.pages.filter((one) => one.from < to && one.to > from)) {
    let values = kept.get(page);
    if (!values) {
      dictionary ??= await readDictionary(file, chunk);
      values = await readPageValues(file, chunk, page, dictionary);
    }
    const last = Math.min(to, page.to) - page.from;
    for (let index = Math.max(from - page.from, 0); index < last; index += 1) {
      const value = values.at(index);
      rows.push(value === null || typeof value === "string" ? value : keep(value));
    }
    if (page.to > to) kept.keep(page, values);
    else kept.letGo(page);
  }
  return rows;
}
