import {
  type Column,
  type Definition,
  isHoldout,
  paths,
  type RowIdentity,
  type RowReader,
  rowIdentifier,
  rowReader,
} from "@ratchet/contracts";
import { type StoredRow, storedRows, UnreadableRowsError } from "@ratchet/formats/stored-rows";
import { PermanentError } from "@ratchet/messaging";
import { openHoldout, type Stores } from "../stores.ts";
import { type SeenUnits, seenUnits } from "./seen-units.ts";

/** The held-out rows of a batch are not there. */
class MissingHoldoutError extends PermanentError {
  override readonly name = "MissingHoldoutError";
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

async function* rowsIn(
  stores: Stores,
  model: string,
  batch: string,
  columns: readonly Column[],
): AsyncGenerator<StoredRow | UnreadableRowsError> {
  const source = await openHoldout(stores, model, batch);
  if (!source)
    throw new MissingHoldoutError(`batches/${paths.batchHoldout(model, batch)} is gone; drop the data again`);
  yield* storedRows(source, columns, `batch ${batch}`);
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
    add(row: StoredRow): void {
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
): AsyncGenerator<StoredRow & { readonly identity: RowIdentity }> {
  for await (const row of rowsIn(stores, model, batch, columns)) {
    if (row instanceof UnreadableRowsError) {
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
    if (!(error instanceof UnreadableRowsError || error instanceof MissingHoldoutError)) throw error;
  }
}

/**
 * The held-out rows of batches, in their order, at most 1,024 at once, so that memory does not grow with the files: some bytes
 * for each row are kept to know it again. A row judges once, whichever batches brought it.
 * @throws {UnreadableRowsError} when a row does not fit the definition; it names batch, line and column.
 * @throws {MissingHoldoutError} when the held-out rows of a batch are not there.
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
