import { type BatchManifest, type DropRecord, dropIdOf, type RefusalCode } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import { readAdmissions } from "@ratchet/state";
import { appendAdmission, moveDrop, openTrainings, readDrop, readManifest, type Stores } from "../stores.ts";
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

/** Whose a batch is: that of the drop that its manifest names, which is written once. */
async function ownerOf({ watcher: { stores } }: WorkOnDrop, { model, batch, file, etag }: BatchManifest) {
  const drop = dropIdOf({ file, etag });
  const record = (await readDrop(stores, `${model}/${drop}`))?.value;
  return { drop, isAdmitted: record?.phase === "admitted" && record.batch === batch };
}

/** What somebody can do who drops content that is known. */
async function adviceOn(stores: Stores, model: string, batch: string): Promise<string> {
  const { withdrawn } = await readAdmissions(stores, model);
  const found = withdrawn.find((one) => one.batch === batch);
  return found
    ? `it was withdrawn at ${found.withdrawn.at} (${found.withdrawn.reason}): \`ratchet batches restore ${model} ${batch}\` takes it back`
    : "there is nothing more to do";
}

/**
 * Brings a drop's batch among the model's admissions. Its manifest alone decides whose it is where several drops have the
 * same content: who wrote it is admitted. Who comes later appends the batch in the other's name, unless that was done, so
 * that it is admitted whatever becomes of the other.
 * @returns the record: admitted, or refused because the batch is another drop's.
 */
export async function admitContent(work: WorkOnDrop, record: DropRecord): Promise<DropRecord> {
  const { watcher, drop, key, now } = work;
  const { stores } = watcher;
  const { model, file } = drop;
  const at = now.toISOString();
  const manifest = await manifestOf(stores, record);
  const { batch, admittedAt, rows, holdout } = manifest;
  const owner = await ownerOf(work, manifest);
  if (!owner.isAdmitted) {
    await openTrainings(stores).mark(model);
    await appendAdmission(stores, model, {
      kind: "admitted",
      batch,
      at: admittedAt,
      file: manifest.file,
      drop: owner.drop,
      rows,
      holdout,
    });
  }
  if (owner.drop === dropIdOf(drop)) return moveDrop(stores, key, { kind: "admit", at });
  const reason = `${file}: the same content was admitted as batch ${batch} from ${manifest.file} at ${admittedAt}; ${await adviceOn(stores, model, batch)}`;
  return moveDrop(stores, key, { kind: "recognise", at, refusal: { code: knownContent, reason, batch } });
}
