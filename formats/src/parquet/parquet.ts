import type { FileMetaData, RowGroup, SchemaElement } from "hyparquet";
import { FileFault, type Place } from "../file-fault.ts";
import type { FileRecord, Part, ReadLimits } from "../record-reader.ts";
import { arrowDurations } from "./arrow-durations.ts";
import { type ColumnChunk, openColumnChunk, type Page, readRows } from "./column-chunk.ts";
import { type Meaning, meaningOf, type Raw } from "./columns.ts";
import { readFooter } from "./footer.ts";
import { keptPages } from "./page-values.ts";
import { type RandomAccess, spool } from "./spool.ts";
import { ValueFault } from "./values.ts";
import { wordsOf } from "./words.ts";

/** In bytes: the largest Parquet file that is read. It lies on disk meanwhile, of which a function app has little. */
const mostSpooled = 512 * 1024 ** 2;

/** The most rows that a row group may have. */
const mostGroupRows = 2 ** 24;

/** In bytes: what the values of the rows at work may take in memory, roughly. */
const workingMemory = 64 * 1024 ** 2;

/** In bytes: what decoded pages may take in memory, roughly, until the last of their rows is due. */
const mostKept = 128 * 1024 ** 2;

/** The most rows at work: more would take memory and save nothing. DuckDB's row groups have 122,880. */
const mostRows = 131_072;

/** How many fields are handed on at a time. */
const fieldsAtATime = 20_000;

interface ReadableColumn {
  readonly name: string;
  readonly element: SchemaElement;
  readonly meaning: Meaning;
}

/** The columns of the top level; those below them belong to one that is nested. */
function topLevel({ schema }: FileMetaData): readonly SchemaElement[] {
  const [root, ...elements] = schema;
  const columns: SchemaElement[] = [];
  let open = 0;
  for (const element of elements) {
    if (open === 0) columns.push(element);
    else open -= 1;
    open += element.num_children ?? 0;
  }
  if (open > 0 || columns.length !== (root?.num_children ?? 0))
    throw new FileFault("malformed", "the schema of the Parquet file is damaged; write it again");
  return columns;
}

/** @throws {FileFault} when a column cannot be read, by its name. */
function readable(metadata: FileMetaData): readonly ReadableColumn[] {
  const durations = arrowDurations(metadata.key_value_metadata ?? []);
  return topLevel(metadata).map((element) => {
    const meaning = meaningOf(element, durations.has(element.name));
    if ("unreadable" in meaning) throw new FileFault("schema-mismatch", meaning.unreadable, { column: element.name });
    return { name: element.name, element, meaning };
  });
}

/** Turns whatever goes wrong within a column into a fault: the library's errors name no place. */
async function at<Result>(place: Place, work: () => Promise<Result> | Result): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw faultAt(place, error);
  }
}

function faultAt(place: Place, error: unknown): unknown {
  if (error instanceof ValueFault) return new FileFault("schema-mismatch", error.message, place);
  // A disk that cannot be read says nothing of the file.
  if (error instanceof FileFault || (error instanceof Error && "syscall" in error)) return error;
  return new FileFault("malformed", `the column is damaged or hostile${wordsOf(error)}; write the file again`, place);
}

function checkRows(metadata: FileMetaData, columns: number, maxBytes: number): void {
  if (metadata.row_groups.some((group) => typeof group.num_rows !== "bigint" || group.num_rows < 0n))
    throw new FileFault("malformed", "a row group has no number of rows; write the file again");
  const rows = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  // A field and what parts it from the next take a byte at least.
  if (rows * Math.max(columns, 1) > maxBytes)
    throw new FileFault(
      "too-large",
      `${rows} rows of ${columns} columns are more than ${maxBytes} bytes as text, and data.maxBytes allows no more; drop it in smaller files or raise the limit`,
    );
  for (const [index, { num_rows: inGroup }] of metadata.row_groups.entries())
    if (inGroup > BigInt(mostGroupRows))
      throw new FileFault(
        "too-large",
        `${inGroup} rows in a row group, and ${mostGroupRows} are read; write it with smaller ones`,
        {
          rowGroup: index + 1,
        },
      );
}

async function openGroup(
  file: RandomAccess,
  group: RowGroup,
  columns: readonly ReadableColumn[],
  rowGroup: number,
): Promise<readonly ColumnChunk[]> {
  if (group.columns.length !== columns.length)
    throw new FileFault(
      "malformed",
      `${group.columns.length} columns where the schema has ${columns.length}; write the file again`,
      { rowGroup },
    );
  const chunks: ColumnChunk[] = [];
  for (const [index, column] of columns.entries()) {
    const metadata = group.columns[index]?.meta_data;
    chunks.push(
      await at({ rowGroup, column: column.name }, () => {
        if (!metadata || group.columns[index]?.file_path) throw new Error("its data is not in the file");
        if (metadata.path_in_schema.join(".") !== column.name)
          throw new Error("the row group has another in its place");
        return openColumnChunk(file, metadata, column, Number(group.num_rows));
      }),
    );
  }
  return chunks;
}

const memoryOf = ({ meaning, element }: ReadableColumn): number =>
  meaning.keep || element.type === "FIXED_LEN_BYTE_ARRAY" ? 64 : 16;

/** What is known of a slice of a row group. */
interface Slice {
  readonly columns: readonly ReadableColumn[];
  /** By column, then by row. */
  readonly values: readonly (readonly (Raw | null)[])[];
  readonly rowGroup: number;
  /** How many rows of the file stand before the slice. */
  readonly before: number;
}

function fieldOf({ columns, values, rowGroup, before }: Slice, row: number, column: number): string {
  const value = values[column]?.[row] ?? null;
  if (value === null) return "";
  if (typeof value === "string") return value;
  try {
    return columns[column]?.meaning.text(value) ?? "";
  } catch (error) {
    throw faultAt({ row: before + row + 1, rowGroup, column: columns[column]?.name }, error);
  }
}

const tooLong = (maxBytes: number): FileFault =>
  new FileFault(
    "too-large",
    `more than ${maxBytes} bytes as text, and data.maxBytes allows no more; drop it in smaller files or raise the limit`,
  );

/**
 * Reads Parquet: a row group after the other, of each so many rows at a time as fit in memory. Values become the text that
 * stands for them exactly; a column whose values have none is refused by its name.
 * @throws {FileFault} when anything is wrong: at the first such thing.
 */
export async function* readParquet(
  chunks: AsyncIterable<Buffer>,
  { maxBytes }: Pick<ReadLimits, "maxBytes">,
): AsyncGenerator<Iterable<Part>> {
  const file = await spool(chunks, Math.min(maxBytes, mostSpooled));
  try {
    const metadata = await readFooter(file);
    yield [{ names: topLevel(metadata).map(({ name }) => name) }];
    const columns = readable(metadata);
    checkRows(metadata, columns.length, maxBytes);
    const rowMemory = columns.reduce((sum, column) => sum + memoryOf(column), 1);
    const sliceRows = Math.min(mostRows, Math.max(1, Math.floor(workingMemory / rowMemory)));
    const someRows = Math.max(1, Math.floor(fieldsAtATime / Math.max(columns.length, 1)));
    let before = 0;
    let text = 0;

    function* records(slice: Slice, from: number, to: number): Generator<FileRecord> {
      for (let row = from; row < to; row += 1) {
        const fields: string[] = [];
        for (let column = 0; column < columns.length; column += 1) {
          const field = fieldOf(slice, row, column);
          text += field.length + 1;
          fields.push(field);
        }
        if (text > maxBytes) throw tooLong(maxBytes);
        yield { line: slice.before + row + 1, rowGroup: slice.rowGroup, fields };
      }
    }

    for (const [index, group] of metadata.row_groups.entries()) {
      const rowGroup = index + 1;
      const rows = Number(group.num_rows);
      if (rows === 0) continue;
      const opened = await openGroup(file, group, columns, rowGroup);
      const kept = keptPages<Page>(mostKept);
      for (let from = 0; from < rows; from += sliceRows) {
        const to = Math.min(from + sliceRows, rows);
        const values: (readonly (Raw | null)[])[] = [];
        for (const chunk of opened)
          values.push(
            await at({ rowGroup, column: chunk.element.name }, () => readRows(file, chunk, { from, to }, kept)),
          );
        const slice = { columns, values, rowGroup, before: before + from };
        for (let row = 0; row < to - from; row += someRows)
          yield records(slice, row, Math.min(row + someRows, to - from));
      }
      before += rows;
    }
  } finally {
    await file.close();
  }
}
