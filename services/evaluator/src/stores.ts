import { type ContainerClient, RestError } from "@azure/storage-blob";
import {
  type AppliedDefinition,
  admissions,
  type BatchManifest,
  batchManifest,
  type ChampionPointer,
  type ContainerName,
  paths,
} from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import { type DocumentStore, readAppliedDefinition, readChampionPointer } from "@ratchet/state";

/** What the evaluator reads and writes: it owns the container `verdicts`, the rest it only reads. */
export interface Stores {
  container(name: ContainerName): ContainerClient;
  documents(name: ContainerName): DocumentStore;
}

/** There is nothing by which a challenger could be judged. */
export class NoHoldoutError extends PermanentError {
  override readonly name = "NoHoldoutError";
}

/** @throws {UnknownModelError} */
export const readDefinition = (stores: Stores, model: string): Promise<AppliedDefinition> =>
  readAppliedDefinition(stores.documents("definitions"), model);

export const readChampion = (stores: Stores, model: string): Promise<ChampionPointer | undefined> =>
  readChampionPointer(stores.documents("champions"), model);

/** The ids of all admitted batches of a model. */
export async function admittedBatches(stores: Stores, model: string): Promise<readonly string[]> {
  const stored = await stores.documents("batches").read(paths.admissions(model), admissions.parse);
  return stored?.value.batches.map(({ batch }) => batch) ?? [];
}

/** @throws {NoHoldoutError} where a batch has no manifest. */
export async function readManifest(stores: Stores, model: string, batch: string): Promise<BatchManifest> {
  const stored = await stores.documents("batches").read(paths.batchManifest(model, batch), batchManifest.parse);
  if (!stored) throw new NoHoldoutError(`batch ${batch} of ${model} has no manifest; drop its data again`);
  return stored.value;
}

/** A file of the data account; undefined where it is not there. */
export async function readFile(
  stores: Stores,
  { container, path }: { readonly container: string; readonly path: string },
): Promise<Buffer | undefined> {
  try {
    return await stores
      .container(container as ContainerName)
      .getBlobClient(path)
      .downloadToBuffer();
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 404) return undefined;
    throw error;
  }
}
