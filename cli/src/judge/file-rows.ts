import { type Definition, readField, rowIdentifier, rowReader } from "@ratchet/contracts";
import { fileRows } from "@ratchet/formats";
import type { RowBlock } from "@ratchet/scoring";
import { localFile, orWrongInput } from "../commands/read-local-file.ts";

const mostAtOnce = 1_024;

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
  const { columns, features, label } = reader;
  const places = features.map((column) => columns.indexOf(column));
  const textPlaces = textColumns.map((name) => columns.findIndex((column) => column.name === name));
  const labelPlace = columns.indexOf(label);
  const identities: string[] = [];

  function block(rows: readonly (readonly string[])[]): RowBlock {
    const values = new Float32Array(rows.length * places.length);
    for (const [row, texts] of rows.entries())
      for (const [index, place] of places.entries()) {
        const column = columns[place];
        const read = column && readField(column, texts[place] ?? "");
        values[row * places.length + index] = read && "value" in read ? read.value : Number.NaN;
      }
    for (const texts of rows) identities.push(identify(texts).unit.join());
    return {
      count: rows.length,
      features: values,
      labels: Float64Array.from(rows, (texts) => reader.readLabel(texts[labelPlace] ?? "")),
      texts: textPlaces.map((place) => rows.map((texts) => texts[place] ?? "")),
      rows,
    };
  }

  async function* blocks(): AsyncGenerator<RowBlock> {
    const local = await localFile(file);
    const reading = fileRows(local.read(), definition, file);
    let waiting: (readonly string[])[] = [];
    for (;;) {
      const next = await orWrongInput(file, reading.next());
      if (next.done) break;
      for (const { fields } of next.value) {
        waiting.push(fields);
        if (waiting.length < mostAtOnce) continue;
        yield block(waiting);
        waiting = [];
      }
    }
    if (waiting.length > 0) yield block(waiting);
  }

  return { blocks: blocks(), identities };
}
