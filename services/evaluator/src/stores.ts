import {
  admissions,
  type BatchManifest,
  batchManifest,
  containers,
  type HoldoutEpoch,
  holdoutEpoch,
  paths,
  type Verdict,
  verdict,
} from "@ratchet/contracts";
import { type Stores as MessagingStores, type OpenContainer, PermanentError } from "@ratchet/messaging";
import type { Moved } from "@ratchet/state";
import { epochDecider, type HoldoutEvent, type UseHoldout } from "./judge/holdout-epoch.ts";

/** What the evaluator reads and writes: it owns the container `verdicts`, the rest it only reads. */
export type Stores = MessagingStores<"evaluator">;

/** There is nothing by which a challenger could be judged. */
export class NoHoldoutError extends PermanentError {
  override readonly name = "NoHoldoutError";
}

/** The ids of all admitted batches of a model. */
export async function admittedBatches(stores: Stores, model: string): Promise<readonly string[]> {
  const stored = await stores.documents("batches").read(paths.admissions(model), admissions);
  return stored?.value.batches.map(({ batch }) => batch) ?? [];
}

/** @throws {NoHoldoutError} when a batch has no manifest. */
export async function readManifest(stores: Stores, model: string, batch: string): Promise<BatchManifest> {
  const stored = await stores.documents("batches").read(paths.batchManifest(model, batch), batchManifest);
  if (!stored) throw new NoHoldoutError(`batch ${batch} of ${model} has no manifest; drop its data again`);
  return stored.value;
}

export async function readVerdict(stores: Stores, model: string, version: string): Promise<Verdict | undefined> {
  return (await stores.documents("verdicts").read(paths.verdict(model, version), verdict))?.value;
}

/** Keeps a verdict in the place of any before it. */
export async function keepVerdict(stores: Stores, found: Verdict): Promise<void> {
  await stores.documents("verdicts").write(paths.verdict(found.model, found.version), verdict, found, "any");
}

export async function readHoldoutEpoch(stores: Stores, model: string): Promise<HoldoutEpoch | undefined> {
  return (await stores.documents("verdicts").read(paths.holdoutEpoch(model), holdoutEpoch))?.value;
}

/** @throws {HoldoutMovedError} when other rows would judge now than were scored. */
export const moveHoldoutEpoch = (
  stores: Stores,
  command: UseHoldout,
): Promise<Moved<HoldoutEpoch | undefined, HoldoutEvent>> =>
  stores.documents("verdicts").move(paths.holdoutEpoch(command.model), holdoutEpoch, epochDecider, command);

/**
 * A file of the data account; undefined where it is not there.
 * @throws {UngrantedError} when it is in a container that the evaluator may not read.
 */
export async function readFile(
  stores: Stores,
  { container, path }: { readonly container: string; readonly path: string },
): Promise<Buffer | undefined> {
  if (!Object.hasOwn(containers, container)) return undefined;
  return (await stores.blobs(container as OpenContainer<"evaluator">).read(path))?.content;
}

/** The held-out rows of a batch as they come, in CSV; undefined where they are not there. */
export const openHoldout = (stores: Stores, model: string, batch: string): Promise<AsyncIterable<Buffer> | undefined> =>
  stores.blobs("batches").open(paths.batchHoldout(model, batch));
