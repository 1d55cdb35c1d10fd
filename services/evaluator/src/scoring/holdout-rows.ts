import { Readable } from "node:stream";
import { type Definition, isHoldout, paths, type RowReader, readField, rowReader, rowShare } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import { parse } from "csv-parse";
import { openHoldout, type Stores } from "../stores.ts";

/** Held-out rows that cannot be read as the model's definition has them. */
export class UnreadableHoldoutError extends PermanentError {
  override readonly name = "UnreadableHoldoutError";
}

/** Some held-out rows as the models see them. */
export interface HoldoutRows {
  readonly count: number;
  /** count × F features, row-major. */
  readonly features: Float32Array;
  /** Class index, or the value itself for a regression. */
  readonly labels: Float64Array;
  /** For each column asked for, the text of each row. */
  readonly texts: readonly (readonly string[])[];
}

/** What rows are wanted, and how. */
export interface HoldoutRequest {
  readonly model: string;
  readonly batches: readonly string[];
  readonly definition: Pick<Definition, "task" | "data">;
  /** Only rows below this share judge: larger shares of other batches may have let their copies train. */
  readonly share: number;
  /** The columns whose texts are wanted. */
  readonly textColumns: readonly string[];
}

const rowsAtOnce = 1_024;

async function* records(stores: Stores, model: string, batch: string): AsyncGenerator<readonly string[]> {
  const source = await openHoldout(stores, model, batch);
  if (!source)
    throw new UnreadableHoldoutError(`batches/${paths.batchHoldout(model, batch)} is gone; drop the data again`);
  const parser = parse({ bom: true });
  const bytes = Readable.from(source);
  bytes.on("error", (error) => parser.destroy(error));
  yield* bytes.pipe(parser) as AsyncIterable<readonly string[]>;
}

/** Collects rows into what a model takes at once. */
function collector(
  reader: RowReader,
  positions: ReadonlyMap<string, number>,
  textColumns: readonly string[],
  where: string,
) {
  const width = reader.features.length;
  const features = new Float32Array(rowsAtOnce * width);
  const labels = new Float64Array(rowsAtOnce);
  const texts = textColumns.map((): string[] => []);
  const at = (fields: readonly string[], column: string) => fields[positions.get(column) ?? -1] ?? "";
  let count = 0;
  return {
    get full() {
      return count === rowsAtOnce;
    },
    add(fields: readonly string[], line: number): void {
      for (const [index, column] of reader.features.entries()) {
        const read = readField(column, at(fields, column.name));
        if ("fault" in read)
          throw new UnreadableHoldoutError(
            `${where}, line ${line}, column ${column.name}: ${read.fault.message}; the schema has changed since the batch was admitted`,
          );
        // What single precision cannot hold is the data's fault, and would look like the model's.
        if (Math.abs(Math.fround(read.value)) === Number.POSITIVE_INFINITY)
          throw new UnreadableHoldoutError(
            `${where}, line ${line}, column ${column.name}: ${at(fields, column.name)} is more than a model's numbers can hold; give the column a min and a max, and drop the data again`,
          );
        features[count * width + index] = read.value;
      }
      try {
        labels[count] = reader.readLabel(at(fields, reader.label.name));
      } catch (error) {
        throw new UnreadableHoldoutError(
          `${where}, line ${line}: ${error instanceof Error ? error.message : String(error)}; the schema has changed since the batch was admitted`,
        );
      }
      for (const [index, column] of textColumns.entries()) texts[index]?.push(at(fields, column));
      count += 1;
    },
    /** What has been collected; collecting begins anew. */
    take(): HoldoutRows {
      const rows: HoldoutRows = {
        count,
        features: features.slice(0, count * width),
        labels: labels.slice(0, count),
        texts: texts.map((column) => column.splice(0)),
      };
      count = 0;
      return rows;
    },
  };
}

/**
 * The held-out rows of batches, in their order, at most 1,024 at once, so that memory does not grow with the files.
 * @throws {UnreadableHoldoutError} when a row does not fit the definition; it names batch, line and column.
 */
export async function* readHoldout(stores: Stores, request: HoldoutRequest): AsyncGenerator<HoldoutRows> {
  const { model, batches, definition, share, textColumns } = request;
  const reader = rowReader(definition);
  for (const batch of batches) {
    const where = `batch ${batch}`;
    let rows: ReturnType<typeof collector> | undefined;
    let order: readonly number[] = [];
    let line = 0;
    for await (const fields of records(stores, model, batch)) {
      line += 1;
      if (!rows) {
        const positions = new Map(fields.map((name, index) => [name, index]));
        const missing = reader.columns.find(({ name }) => !positions.has(name));
        if (missing)
          throw new UnreadableHoldoutError(
            `${where} has no column ${missing.name}; the schema has changed since it was admitted`,
          );
        order = reader.columns.map(({ name }) => positions.get(name) ?? -1);
        rows = collector(reader, positions, textColumns, where);
        continue;
      }
      const inOrder = order.map((index) => fields[index] ?? "");
      if (!isHoldout(rowShare(inOrder, reader.columns.indexOf(reader.label)), share)) continue;
      rows.add(fields, line);
      if (rows.full) yield rows.take();
    }
    const rest = rows?.take();
    if (rest && rest.count > 0) yield rest;
  }
}
