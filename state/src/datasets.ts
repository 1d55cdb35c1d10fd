import { type Dataset, type DatasetRef, dataset, datasetPage, paths } from "@ratchet/contracts";
import type { Reads } from "./applied-model.ts";

/** The data of a run, or a part of its description, is not there. */
export class MissingDatasetError extends Error {
  override readonly name = "MissingDatasetError";
  readonly transient = false;

  constructor(path: string) {
    super(`datasets/${path} is not there, and says what a model was trained on; put it back and replay this message`);
  }
}

/**
 * What is said of a data set.
 * @throws {MissingDatasetError} when that is not there.
 */
export async function readDataset(
  stores: Reads<"datasets">,
  model: string,
  { digest }: Pick<DatasetRef, "digest">,
): Promise<Dataset> {
  const path = paths.dataset(model, digest);
  const stored = await stores.documents("datasets").read(path, dataset);
  if (!stored) throw new MissingDatasetError(path);
  return stored.value;
}

/**
 * The batches of a data set, in the order of admission.
 * @throws {MissingDatasetError} when its description is not there.
 */
export async function listedBatches(
  stores: Reads<"datasets">,
  model: string,
  ref: Pick<DatasetRef, "digest">,
): Promise<readonly string[]> {
  const { pages } = await readDataset(stores, model, ref);
  const listed = pages.map(async ({ digest }) => {
    const path = paths.datasetPage(model, digest);
    const read = await stores.documents("datasets").read(path, datasetPage);
    if (!read) throw new MissingDatasetError(path);
    return read.value.batches;
  });
  return (await Promise.all(listed)).flat();
}
