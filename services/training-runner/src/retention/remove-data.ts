import { type Definition, dataset, paths } from "@ratchet/contracts";
import { identityOf } from "@ratchet/datasets";
import type { Log } from "@ratchet/messaging";
import type { BlobInfo } from "@ratchet/state";
import { readSlot, type Stores } from "../stores.ts";

const isDescription = (path: string): boolean => /^[^/]+\/[0-9a-f]{64}\.json$/.test(path);
const isRows = (path: string): boolean => /^[^/]+\/(?:parts\/[0-9a-f]{64}\.csv|[0-9a-f]{64}\.parts)$/.test(path);

/** The files of rows that data sets have, and the lists of these files. */
async function filesOf(stores: Stores, model: string, descriptions: Iterable<string>): Promise<ReadonlySet<string>> {
  const files = new Set<string>();
  for (const path of descriptions) {
    const stored = await stores.documents("datasets").read(path, dataset);
    files.add(path.replace(/\.json$/, ".parts"));
    for (const { parts } of stored?.value.pages ?? [])
      for (const { digest } of parts) files.add(paths.datasetPart(model, digest));
  }
  return files;
}

/** The files of rows that no data set has which was made since, nor that of the run that holds the slot. */
async function oldRows(stores: Stores, model: string, before: Date): Promise<readonly BlobInfo[]> {
  const all = await Array.fromAsync(stores.blobs("datasets").list(`${model}/`));
  const old = all.filter(({ path, lastModified }) => isRows(path) && lastModified < before);
  if (old.length === 0) return [];
  const descriptions = all.filter(({ path, lastModified }) => isDescription(path) && lastModified >= before);
  const { running } = await readSlot(stores, model);
  const held = running?.dataset ? [paths.dataset(model, running.dataset.digest)] : [];
  const kept = await filesOf(stores, model, new Set([...descriptions.map(({ path }) => path), ...held]));
  return old.filter(({ path }) => !kept.has(path));
}

/** The indexes by another identity than rows have now. */
async function oldIndexes(
  stores: Stores,
  model: string,
  definition: Pick<Definition, "task" | "data">,
  before: Date,
): Promise<readonly BlobInfo[]> {
  const present = paths.rowIndexes(model, identityOf(definition));
  const all = await Array.fromAsync(stores.blobs("indexes").list(`${model}/`));
  return all.filter(({ path, lastModified }) => lastModified < before && !path.startsWith(present));
}

/**
 * Removes files of rows and indexes of a model that nothing has named since a time. Whoever takes one up meanwhile has made it
 * as new, or makes it anew; what data sets were is still described.
 * @returns how many files.
 */
export async function removeData(
  stores: Stores,
  model: string,
  definition: Pick<Definition, "task" | "data">,
  before: Date,
  log: Log,
): Promise<number> {
  const rows = await oldRows(stores, model, before);
  const indexes = await oldIndexes(stores, model, definition, before);
  for (const { path, etag } of rows) await stores.blobs("datasets").remove(path, etag);
  for (const { path, etag } of indexes) await stores.blobs("indexes").remove(path, etag);
  const removed = { rows: rows.length, indexes: indexes.length };
  if (rows.length + indexes.length > 0)
    log.info("removed files of rows and indexes, as retention.data says", { model, ...removed });
  return rows.length + indexes.length;
}
