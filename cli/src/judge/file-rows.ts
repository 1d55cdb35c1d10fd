import { type Definition, readField, rowIdentifier, rowReader } from "@ratchet/contracts";
import { fileRows } from "@ratchet/formats";
import { type ReadRow, type RowBlock, rowBlocks } from "@ratchet/scoring";
import { localFile, orWrongInput } from "../commands/read-local-file.ts";

/** The rows of a file as models see them, and what tells them apart. */
export interface JudgingRows {
  readonly blocks: AsyncIterable<RowBlock>;
  /** Of each row that has been read, in their order. */
  readonly identities: readonly string[];
}

/**
 * Reads the rows of a file, some at a time.
 * @param textColumns the columns whose texts are wanted.
 * @returns blocks that throw a {@link WrongInputError} when the file is not there, or a row does not fit: it names row and column.
 */
export function readJudgingRows(
  file: string,
  definition: Pick<Definition, "task" | "data">,
  textColumns: readonly string[],
): JudgingRows {
  const reader = rowReader(definition);
  const identify = rowIdentifier(definition);
  const { columns, features } = reader;
  const places = features.map((column) => columns.indexOf(column));
  const identities: string[] = [];

  function read(texts: readonly string[]): ReadRow {
    const values: number[] = [];
    for (const place of places) {
      const column = columns[place];
      const field = column && readField(column, texts[place] ?? "");
      values[place] = field && "value" in field ? field.value : Number.NaN;
    }
    identities.push(identify(texts).unit.join());
    return { texts, values };
  }

  async function* rows(): AsyncGenerator<ReadRow> {
    const local = await localFile(file);
    const reading = fileRows(local.read(), definition, file);
    for (;;) {
      const next = await orWrongInput(file, reading.next());
      if (next.done) return;
      for (const { fields } of next.value) yield read(fields);
    }
  }

  return { blocks: rowBlocks(rows(), reader, textColumns), identities };
}
