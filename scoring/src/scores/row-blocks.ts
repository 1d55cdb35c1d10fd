import type { RowReader } from "@ratchet/contracts";
import type { RowBlock } from "./row-block.ts";

/** A row as a file has it: the text of each column of the schema, and what of it models see. */
export interface ReadRow {
  readonly texts: readonly string[];
  /** By column; only those of features are asked for. What is not there is missing. */
  readonly values: ArrayLike<number | undefined>;
}

const mostAtOnce = 1_024;

/** Collects rows into what a model takes at once. */
function collector({ columns, features: seen, label, readLabel }: RowReader, textColumns: readonly string[]) {
  const width = seen.length;
  const features = new Float32Array(mostAtOnce * width);
  const labels = new Float64Array(mostAtOnce);
  const texts = textColumns.map((): string[] => []);
  const all: (readonly string[])[] = [];
  const places = seen.map((column) => columns.indexOf(column));
  const textPlaces = textColumns.map((name) => columns.findIndex((column) => column.name === name));
  const labelPlace = columns.indexOf(label);
  let count = 0;
  return {
    get full() {
      return count === mostAtOnce;
    },
    add(row: ReadRow): void {
      for (const [index, place] of places.entries()) features[count * width + index] = row.values[place] ?? Number.NaN;
      all.push(row.texts);
      labels[count] = readLabel(row.texts[labelPlace] ?? "");
      for (const [index, place] of textPlaces.entries()) texts[index]?.push(row.texts[place] ?? "");
      count += 1;
    },
    /** What has been collected; collecting begins anew. */
    take(): RowBlock {
      const rows: RowBlock = {
        count,
        features: features.slice(0, count * width),
        labels: labels.slice(0, count),
        texts: texts.map((column) => column.splice(0)),
        rows: all.splice(0),
      };
      count = 0;
      return rows;
    },
  };
}

/**
 * Rows as models see them, at most 1,024 at once, so that memory does not grow with the files.
 * @param textColumns the columns whose texts are wanted.
 */
export async function* rowBlocks(
  rows: AsyncIterable<ReadRow> | Iterable<ReadRow>,
  reader: RowReader,
  textColumns: readonly string[] = [],
): AsyncGenerator<RowBlock> {
  const collected = collector(reader, textColumns);
  for await (const row of rows) {
    collected.add(row);
    if (collected.full) yield collected.take();
  }
  const rest = collected.take();
  if (rest.count > 0) yield rest;
}
