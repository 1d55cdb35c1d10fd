import { checkTrainingDue, dataAdmitted, dataRefused, type Envelope } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { readDefinition } from "@ratchet/state";
import { moveAdmissions } from "../stores.ts";
import { lookAfterAdmission } from "../training/coalesce.ts";
import type { Watcher } from "../watcher.ts";
import { admitBatch } from "./admit-batch.ts";
import { readDropEvent } from "./dropped-blob.ts";
import { openDrop, SupersededDropError } from "./dropped-file.ts";
import { FileFault, reasonOf } from "./file-fault.ts";
import { checkSize, inspectFile } from "./inspect-file.ts";

/**
 * Takes in one dropped file: admitted as a batch, refused with a reason, or not this event's business.
 * Every step may be done again: after a crash at any point the same event ends in the same state and the same messages.
 * @throws {UnknownModelError} when nobody has applied the model.
 * @throws {MisplacedDropError} when the file lies in no model's folder.
 * @throws {UnreadableEventError} when the event is no BlobCreated of `drops`.
 */
export async function admitDrop({ stores }: Watcher, event: Envelope, { now, log, outbox }: Delivery): Promise<void> {
  const read = readDropEvent(event);
  if (read.kind === "ignore") return log.info(`ignored ${event.subject}: ${read.why}`);
  const { drop } = read;
  const { model, file } = drop;
  const applied = await readDefinition(stores, model);
  try {
    const dropped = await openDrop(stores.blobs("drops"), drop);
    checkSize(dropped.bytes, applied.definition.data);
    const inspection = await inspectFile(dropped.read(), applied.definition);
    const { kind, manifest } = await admitBatch(stores, applied, drop, dropped, inspection, now);
    const { batch, contentSha256, bytes, rows, admittedAt } = manifest;
    if (kind === "known") {
      const reason = `${file}: the same content was admitted as batch ${batch} from ${manifest.file} at ${admittedAt}; there is nothing more to do`;
      await outbox.publish(dataRefused, { model, file, code: "already-admitted", reason, batch });
      return log.info(`refused ${reason}`);
    }
    const admissions = await moveAdmissions(stores, model, { kind: "admit", batch, file: manifest.file, admittedAt });
    await outbox.publish(dataAdmitted, { model, batch, file: manifest.file, contentSha256, bytes, rows });
    const look = lookAfterAdmission(admissions, batch, applied.definition.data, now);
    if (look) await outbox.send(checkTrainingDue, { model }, { notBefore: look });
    log.info(`admitted ${file} as batch ${batch}`, { rows, ...(look ? { trainingCheckedAt: look } : {}) });
  } catch (error) {
    if (error instanceof SupersededDropError) return log.info(`ignored: ${error.message}`);
    if (!(error instanceof FileFault)) throw error;
    const reason = reasonOf(file, error);
    await outbox.publish(dataRefused, { model, file, code: error.code, reason, ...error.place });
    log.info(`refused ${reason}`, { code: error.code });
  }
}
