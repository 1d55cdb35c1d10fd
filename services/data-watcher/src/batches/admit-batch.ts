import { type AdmitBatch, dataAdmitted } from "@ratchet/contracts";
import { type Delivery, TransientError } from "@ratchet/messaging";
import { readManifest } from "../stores.ts";
import { inBrief } from "../suspicion/in-brief.ts";
import { readEvidence } from "../suspicion/judge-batch.ts";
import type { Watcher } from "../watcher.ts";
import { type Change, changeBatch } from "./change-batch.ts";

/** A batch is in quarantine, and what is known of it is gone. */
class MissingManifestError extends TransientError {
  override readonly name = "MissingManifestError";

  constructor(model: string, batch: string) {
    super(`the manifest of batch ${batch} of ${model} is gone; restore it from a backup, or withdraw the batch`);
  }
}

const admission: Change = {
  kind: "admitted",
  // One that was withdrawn is to be restored first: else this would undo what another operator has said.
  isSo: ({ quarantined, withdrawn }) => quarantined === undefined || withdrawn !== undefined,
  // All that a version before quarantines needs to read it as a batch that has just come.
  entry: ({ file, drop, rows, holdout }) => ({ file, drop, rows, holdout }),
  async tell(stores, outbox, { file }, { model, batch, reason, requestedBy }) {
    const manifest = await readManifest(stores, model, batch);
    if (!manifest) throw new MissingManifestError(model, batch);
    const { contentSha256, bytes, rows } = manifest;
    const evidence = await readEvidence(stores, model, batch);
    await outbox.publish(dataAdmitted, {
      ...{ model, batch, file, contentSha256, bytes, rows, reason },
      ...(requestedBy === undefined ? {} : { requestedBy }),
      ...(evidence ? { suspicion: inBrief(evidence) } : {}),
    });
  },
};

/**
 * Admits a batch that is in quarantine: it comes in as one does that was just dropped, after all that was admitted by now. One
 * that is admitted, or withdrawn, is let be.
 * @throws {UnknownBatchError} when the model never took in the batch.
 */
export const admit = (watcher: Watcher, message: AdmitBatch, delivery: Delivery): Promise<void> =>
  changeBatch(admission, watcher, message, delivery);
