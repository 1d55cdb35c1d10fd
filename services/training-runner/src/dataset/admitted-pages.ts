import { batchManifest, digest, paths } from "@ratchet/contracts";
import { readAdmissions, type StandingBatch } from "@ratchet/state";
import { MissingBlobError } from "../start/copy-all.ts";
import type { Stores } from "../stores.ts";
import type { PlannedBatch } from "./planned-batches.ts";

/** A batch that a data set may have. */
export interface AdmittedBatch extends PlannedBatch {
  readonly batch: string;
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
 * How many rows a batch has. Entries in the log from before they said so have it in their manifest.
 * @throws {MissingBlobError} when that is not there.
 */
async function rowsOf(stores: Stores, model: string, { batch, rows }: StandingBatch): Promise<number> {
  if (rows) return rows.train + rows.holdout;
  const path = paths.batchManifest(model, batch);
  const stored = await stores.documents("batches").read(path, batchManifest);
  if (!stored) throw new MissingBlobError("batches", path);
  return stored.value.rows.train + stored.value.rows.holdout;
}

/** What a model has admitted up to a position of its log. */
export interface AdmittedData {
  readonly pages: readonly AdmittedPage[];
  readonly through: number;
}

/**
 * What a model has admitted up to a position of its log, and what of it was withdrawn by now.
 * @param through all that is admitted where it is undefined.
 * @throws {MissingBlobError} when the manifest is needed of a batch that has none.
 */
export async function admittedData(
  stores: Stores,
  model: string,
  through: number | undefined,
  size?: PageSize,
): Promise<AdmittedData> {
  const { all, position } = await readAdmissions(stores, model);
  const upto = through ?? position;
  const batches: AdmittedBatch[] = [];
  for (const one of all) {
    if (one.position > upto) continue;
    const rows = await rowsOf(stores, model, one);
    batches.push({ batch: one.batch, rows, active: one.withdrawn === undefined, order: batches.length });
  }
  return { pages: pagesOf(batches, size), through: upto };
}
