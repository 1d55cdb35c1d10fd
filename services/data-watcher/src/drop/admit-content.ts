import { type DropRecord, dropIdOf, type RefusalCode } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import { moveAdmissions, moveDrop, openTrainings, readManifest, type Stores } from "../stores.ts";
import type { WorkOnDrop } from "./work-on-drop.ts";

/** A drop's batch is not there although its record says so. */
class MissingBatchError extends TransientError {
  override readonly name = "MissingBatchError";

  constructor(file: string, batch: string) {
    super(`the manifest of batch ${batch}, which ${file} became, is gone; restore it, or delete the drop's record`);
  }
}

/** @throws {MissingBatchError} when there is no manifest. */
export async function manifestOf(stores: Stores, { model, file, batch = "" }: DropRecord) {
  const manifest = await readManifest(stores, model, batch);
  if (!manifest) throw new MissingBatchError(file, batch);
  return manifest;
}

const knownContent: RefusalCode = "already-admitted";

/**
 * Brings a drop's batch among the model's admissions. They alone decide whose it is where several drops have the same
 * content, so it is always somebody's: who comes first is admitted, however the batch came to be there.
 * @returns the record: admitted, or refused because the batch is another drop's.
 */
export async function admitContent(
  { watcher: { stores }, drop, key, now }: WorkOnDrop,
  record: DropRecord,
): Promise<DropRecord> {
  const { model, file } = drop;
  const at = now.toISOString();
  const manifest = await manifestOf(stores, record);
  const { batch, admittedAt } = manifest;
  const id = dropIdOf(drop);
  await openTrainings(stores).mark(model);
  const admissions = await moveAdmissions(stores, model, { kind: "admit", batch, file, admittedAt, drop: id });
  const admitted = admissions.batches.find((one) => one.batch === batch);
  // Admissions of former versions do not say whose a batch is: it is that of the drop that its manifest names.
  const owner = admitted?.drop ?? dropIdOf(manifest);
  if (owner === id) return moveDrop(stores, key, { kind: "admit", at });
  const reason = `${file}: the same content was admitted as batch ${batch} from ${admitted?.file} at ${admitted?.admittedAt}; there is nothing more to do`;
  return moveDrop(stores, key, { kind: "recognise", at, refusal: { code: knownContent, reason, batch } });
}
