import {
  type Admission,
  admission,
  admissions,
  type BatchManifest,
  batchManifest,
  type DropRecord,
  dropIdOf,
  dropRecord,
  paths,
} from "@ratchet/contracts";
import { type Stores as MessagingStores, TransientError } from "@ratchet/messaging";
import { type OpenIndex, openIndex } from "@ratchet/state";
import { type AdmissionsCommand, admissionsDeciderOf } from "./admissions.ts";
import { type DropCommand, dropDecider } from "./drop/drop-process.ts";
import type { Drop } from "./drop/dropped-blob.ts";

/** What the data-watcher reads and writes: it owns `batches`, and reads `drops` and `definitions`. */
export type Stores = MessagingStores<"data-watcher">;

/** Appends a batch to a model's admissions. Appended twice, the first counts. */
export const appendAdmission = (stores: Stores, model: string, entry: Admission): Promise<void> =>
  stores.documents("batches").log(paths.admissionLog(model), admission).append(entry);

/** Moves what a model's admissions were asked for by a command. */
export async function moveAdmissions(stores: Stores, model: string, command: AdmissionsCommand): Promise<void> {
  const path = paths.admissions(model);
  await stores.documents("batches").move(path, admissions, admissionsDeciderOf(model), command);
}

/** Models of which batches wait for training, by name: marked before the first begins to wait. */
export const openTrainings = (stores: Stores): OpenIndex => openIndex(stores.blobs("batches"), "trainings");

/** What is known of a batch; undefined where it is not there, or not yet. */
export async function readManifest(stores: Stores, model: string, batch: string): Promise<BatchManifest | undefined> {
  return (await stores.documents("batches").read(paths.batchManifest(model, batch), batchManifest))?.value;
}

/** Drops on their way, by {@link dropKey}. */
export const openDrops = (stores: Stores): OpenIndex => openIndex(stores.blobs("batches"), "drops");

/** Since when each drop of a model is on its way. */
export const dropsOnTheirWay = (stores: Stores, model: string): Promise<readonly Date[]> =>
  Array.fromAsync(openDrops(stores).marks(`${model}/`), ({ markedAt }) => markedAt);

/** A drop's name in the index of open ones: `<model>/<id>`. */
export const dropKey = (drop: Drop): string => `${drop.model}/${dropIdOf(drop)}`;

const pathOf = (key: string): string => {
  const [model = "", id = ""] = key.split("/");
  return paths.dropRecord(model, id);
};

/** Where a drop is on its way; undefined where there is no record of it. */
export const readDrop = (stores: Stores, key: string) => stores.documents("batches").read(pathOf(key), dropRecord);

/** A drop's record was taken away while somebody worked on it. */
class ForgottenDropError extends TransientError {
  override readonly name = "ForgottenDropError";

  constructor(key: string) {
    super(`the drop ${key} was forgotten meanwhile; the message is tried again, and the drop begins anew`);
  }
}

/**
 * Moves a drop by a command, and gives its record as it then is.
 * @throws {ForgottenDropError} when there is no record any more.
 */
export async function moveDrop(stores: Stores, key: string, command: DropCommand): Promise<DropRecord> {
  const { after } = await stores.documents("batches").move(pathOf(key), dropRecord, dropDecider, command);
  if (!after) throw new ForgottenDropError(key);
  return after;
}

/** Takes the record of a drop away, unless it has moved since it had this ETag. */
export const forgetDrop = (stores: Stores, key: string, etag: string): Promise<void> =>
  stores.blobs("batches").remove(pathOf(key), etag.replaceAll('"', ""));
