import { type DatasetRef, dataset, datasetPage, paths } from "@ratchet/contracts";
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
 * The batches of a data set, in the order of admission.
 * @throws {MissingDatasetError} when its description is not there.
 */
export async function listedBatches(
  stores: Reads<"datasets">,
  model: string,
  { digest }: Pick<DatasetRef, "digest">,
): Promise<readonly string[]> {
  const documents = stores.documents("datasets");
  const path = paths.dataset(model, digest);
  const stored = await documents.read(path, dataset);
  if (!stored) throw new MissingDatasetError(path);
  const pages = stored.value.pages.map(async (page) => {
    const pagePath = paths.datasetPage(model, page.digest);
    const read = await documents.read(pagePath, datasetPage);
    if (!read) throw new MissingDatasetError(pagePath);
    return read.value.batches;
  });
  return (await Promise.all(pages)).flat();
}
