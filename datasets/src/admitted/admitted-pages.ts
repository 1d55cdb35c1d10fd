import { batchManifest, digest, paths } from "@ratchet/contracts";
import { readAdmissions, type StandingBatch } from "@ratchet/state";
import type { PlannedBatch } from "../plan/planned-batches.ts";
import { MissingBatchError } from "./missing-batch-error.ts";
import type { RowStores } from "./row-stores.ts";

/** A batch that a data set may have. */
export interface AdmittedBatch extends PlannedBatch {
  readonly batch: string;
  /** How many of its rows were held out when it was admitted: they are the last ones. */
  readonly held: number;
  /** Where in the log it was admitted; 0 of batches from before there was one. */
  readonly position: number;
}

/** Batches that were admitted one after the other. */
export interface AdmittedPage {
  readonly batches: readonly AdmittedBatch[];
  /** Whether it is full: whatever is admitted later comes after it. */
  readonly closed: boolean;
  /** Names which batches they are, withdrawn or not. */
  readonly digest: string;
}

/** How much a page takes in before the next one begins. */
export interface PageSize {
  readonly batches: number;
  readonly rows: number;
}

export const usualPage: PageSize = { batches: 256, rows: 2 ** 20 };

/** The batches in pages; those of a longer history begin with the same closed ones. */
export function pagesOf(batches: readonly AdmittedBatch[], size: PageSize = usualPage): readonly AdmittedPage[] {
  const pages: AdmittedPage[] = [];
  let open: AdmittedBatch[] = [];
  let rows = 0;
  const end = (closed: boolean): void => {
    pages.push({ batches: open, closed, digest: digest(open.map(({ batch }) => batch)) });
    [open, rows] = [[], 0];
  };
  for (const batch of batches) {
    open.push(batch);
    rows += batch.rows;
    if (open.length >= size.batches || rows >= size.rows) end(true);
  }
  if (open.length > 0) end(false);
  return pages;
}

/**
 * How many rows of a batch train and are held out. Entries in the log from before they said so have it in their manifest.
 * @throws {MissingBatchError} when that is not there.
 */
async function rowsOf(
  stores: RowStores,
  model: string,
  { batch, rows }: StandingBatch,
): Promise<NonNullable<StandingBatch["rows"]>> {
  if (rows) return rows;
  const path = paths.batchManifest(model, batch);
  const stored = await stores.documents("batches").read(path, batchManifest);
  if (!stored) throw new MissingBatchError(path);
  return stored.value.rows;
}

/** What a model has admitted up to a position of its log. */
export interface AdmittedData {
  readonly pages: readonly AdmittedPage[];
  readonly through: number;
}

/** Up to where a model's admissions are wanted: all that there are where neither is said. */
export interface Wanted {
  /** A position in the log. */
  readonly through?: number | undefined;
  /** What was admitted by then, and before what was. */
  readonly by?: Date;
}

function reach({ through, by }: Wanted, all: readonly StandingBatch[], position: number): number {
  if (by === undefined) return through ?? position;
  const reached = all.filter(({ admittedAt }) => Date.parse(admittedAt) <= by.getTime());
  return reached.reduce((last, one) => Math.max(last, one.position), through ?? 0);
}

/**
 * What a model has admitted up to a position of its log, and what of it was withdrawn by now.
 * @throws {MissingBatchError} when the manifest is needed of a batch that has none.
 */
export async function admittedData(
  stores: RowStores,
  model: string,
  wanted: Wanted,
  size?: PageSize,
): Promise<AdmittedData> {
  const { all, position: end } = await readAdmissions(stores, model);
  const through = reach(wanted, all, end);
  const batches: AdmittedBatch[] = [];
  for (const one of all) {
    if (one.position > through) continue;
    const { batch, position, withdrawn } = one;
    const { train, holdout: held } = await rowsOf(stores, model, one);
    const active = withdrawn === undefined;
    batches.push({ batch, position, rows: train + held, held, active, order: batches.length });
  }
  return { pages: pagesOf(batches, size), through };
}
