import { type ContainerClient, RestError } from "@azure/storage-blob";
import {
  type AppliedDefinition,
  admissions,
  type BatchManifest,
  batchManifest,
  type ChampionPointer,
  type ContainerName,
  championPointer,
  parseAppliedDefinition,
  paths,
} from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import type { DocumentStore } from "@ratchet/state";

/** What the evaluator reads and writes: it owns the container `verdicts`, the rest it only reads. */
export interface Stores {
  container(name: ContainerName): ContainerClient;
  documents(name: ContainerName): DocumentStore;
}

/** A challenger of a model that nobody has applied. */
export class UnknownModelError extends PermanentError {
  override readonly name = "UnknownModelError";

  constructor(model: string) {
    super(`no model named ${model} is applied; run \`ratchet apply <folder>\` and replay this message`);
  }
}

/** There is nothing by which a challenger could be judged. */
export class NoHoldoutError extends PermanentError {
  override readonly name = "NoHoldoutError";
}

/** @throws {UnknownModelError} */
export async function readDefinition(stores: Stores, model: string): Promise<AppliedDefinition> {
  const stored = await stores.documents("definitions").read(paths.currentDefinition(model), parseAppliedDefinition);
  if (!stored) throw new UnknownModelError(model);
  return stored.value;
}

export async function readChampion(stores: Stores, model: string): Promise<ChampionPointer | undefined> {
  return (await stores.documents("champions").read(paths.champion(model), championPointer.parse))?.value;
}

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
