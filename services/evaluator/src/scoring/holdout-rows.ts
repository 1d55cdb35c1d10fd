import { Readable } from "node:stream";
import {
  type Column,
  canBeMissing,
  type Definition,
  indexesIn,
  isHoldout,
  paths,
  type RowIdentity,
  type RowReader,
  readField,
  rowIdentifier,
  rowReader,
} from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import { parse } from "csv-parse";
import { openHoldout, type Stores } from "../stores.ts";
import { type SeenUnits, seenUnits } from "./seen-units.ts";

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
  /** Batches whose rows have judged before and judge no more: nor do copies of them that other batches brought. */
  readonly judged: readonly string[];
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

/** A row as canonical texts and as numbers, in the order of the schema. */
interface Read {
  readonly texts: readonly string[];
  readonly values: readonly number[];
}

/** Collects rows into what a model takes at once. */
function collector(reader: RowReader, textColumns: readonly string[]) {
  const { columns, features: seen, label } = reader;
  const width = seen.length;
  const features = new Float32Array(rowsAtOnce * width);
  const labels = new Float64Array(rowsAtOnce);
  const texts = textColumns.map((): string[] => []);
  const places = seen.map((column) => columns.indexOf(column));
  const textPlaces = textColumns.map((name) => columns.findIndex((column) => column.name === name));
  const labelPlace = columns.indexOf(label);
  let count = 0;
  return {
    get full() {
      return count === rowsAtOnce;
    },
    add(row: Read): void {
      for (const [index, place] of places.entries()) features[count * width + index] = row.values[place] ?? Number.NaN;
      labels[count] = reader.readLabel(row.texts[labelPlace] ?? "");
      for (const [index, place] of textPlaces.entries()) texts[index]?.push(row.texts[place] ?? "");
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
 * How the rows of a batch are read by the present schema.
 * @param names the batch's header.
 * @throws {UnreadableHoldoutError} when the batch has no column like one that every row needs.
 */
function readingOf(names: readonly string[], columns: readonly Column[], where: string) {
  const indexes = indexesIn(names, columns);
  const missing = columns.find((column, index) => indexes[index] === undefined && !canBeMissing(column));
  if (missing)
    throw new UnreadableHoldoutError(
      `${where} has no column ${missing.name}; the schema has changed since it was admitted: give the column a default, or say by \`was\` what it was called`,
    );
  return (fields: readonly string[], line: number): Read | UnreadableHoldoutError => {
    const texts: string[] = [];
    const values: number[] = [];
    for (const [index, column] of columns.entries()) {
      const at = indexes[index];
      const read = readField(column, at === undefined ? "" : (fields[at] ?? ""));
      if ("fault" in read)
        return new UnreadableHoldoutError(
          `${where}, line ${line}, column ${column.name}: ${read.fault.message}; the schema has changed since the batch was admitted`,
        );
      texts.push(read.text);
      values.push(read.value);
    }
    return { texts, values };
  };
}

/** How rows are read, and whether one that the schema does not fit is passed over: else it is an error. */
interface Reading {
  readonly columns: readonly Column[];
  readonly identify: ReturnType<typeof rowIdentifier>;
  readonly passesOver: boolean;
}

/** The held-out rows of one batch that are below the share. */
async function* rowsOf(
  stores: Stores,
  { model, share }: Pick<HoldoutRequest, "model" | "share">,
  batch: string,
  { columns, identify, passesOver }: Reading,
): AsyncGenerator<Read & { readonly identity: RowIdentity }> {
  let read: ReturnType<typeof readingOf> | undefined;
  let line = 0;
  for await (const fields of records(stores, model, batch)) {
    line += 1;
    if (!read) {
      read = readingOf(fields, columns, `batch ${batch}`);
      continue;
    }
    const row = read(fields, line);
    if (row instanceof UnreadableHoldoutError) {
      if (passesOver) continue;
      throw row;
    }
    const identity = identify(row.texts);
    if (isHoldout(identity.place, share)) yield { ...row, identity };
  }
}

/** Notes the rows of a batch that have judged. What cannot be read by the present schema is no copy of a row that can. */
async function noteJudged(
  stores: Stores,
  request: HoldoutRequest,
  batch: string,
  reading: Omit<Reading, "passesOver">,
  seen: SeenUnits,
): Promise<void> {
  try {
    const rows = rowsOf(stores, request, batch, { ...reading, passesOver: true });
    for await (const { identity } of rows) seen.add(identity.unit);
  } catch (error) {
    if (!(error instanceof UnreadableHoldoutError)) throw error;
  }
}

/**
 * The held-out rows of batches, in their order, at most 1,024 at once, so that memory does not grow with the files: some bytes
 * for each row are kept to know it again. A row judges once, whichever batches brought it.
 * @throws {UnreadableHoldoutError} when a row does not fit the definition; it names batch, line and column.
 */
export async function* readHoldout(stores: Stores, request: HoldoutRequest): AsyncGenerator<HoldoutRows> {
  const { batches, judged, definition, textColumns } = request;
  const reader = rowReader(definition);
  const reading = { columns: reader.columns, identify: rowIdentifier(definition), passesOver: false };
  const seen = seenUnits();
  for (const batch of judged) await noteJudged(stores, request, batch, reading, seen);
  for (const batch of batches) {
    const rows = collector(reader, textColumns);
    for await (const row of rowsOf(stores, request, batch, reading)) {
      if (!seen.add(row.identity.unit)) continue;
      rows.add(row);
      if (rows.full) yield rows.take();
    }
    const rest = rows.take();
    if (rest.count > 0) yield rest;
  }
}
