import { type DropRecord, dataAdmitted, dataRefused } from "@ratchet/contracts";
import type { Outbox } from "@ratchet/messaging";
import { readWaiting } from "@ratchet/state";
import { moveDrop } from "../stores.ts";
import { lookAfterAdmission } from "../training/coalesce.ts";
import { sendLook } from "../training/send-look.ts";
import { manifestOf } from "./admit-content.ts";
import type { WorkOnDrop } from "./work-on-drop.ts";

async function tellAdmitted(
  { watcher, applied, drop: { model, file }, now, log }: WorkOnDrop,
  record: DropRecord,
  outbox: Outbox,
): Promise<void> {
  const { batch, contentSha256, bytes, rows } = await manifestOf(watcher.stores, record);
  await outbox.publish(dataAdmitted, { model, batch, file, contentSha256, bytes, rows });
  const look = lookAfterAdmission(await readWaiting(watcher.stores, model), batch, applied.definition.data);
  if (look) await sendLook(watcher, model, look, { now, traceparent: record.traceparent });
  log.info(`admitted ${file} as batch ${batch}`, { rows, ...(look ? { trainingDueAt: look } : {}) });
}

async function tellRefused(
  { drop: { model, file }, log }: WorkOnDrop,
  { refusal }: DropRecord,
  outbox: Outbox,
): Promise<void> {
  if (!refusal) throw new TypeError(`the record of ${file} says that it is refused and not why`);
  await outbox.publish(dataRefused, { model, file, ...refusal });
  log.info(`refused ${refusal.reason}`, { code: refusal.code });
}

/**
 * Tells everybody what became of a drop: always because of what announced it first, so that it is one event however often
 * it is told.
 * @returns the record at its end.
 */
export async function tellOutcome(work: WorkOnDrop, record: DropRecord): Promise<DropRecord> {
  const { watcher, key, now } = work;
  const { cause, traceparent } = record;
  const outbox = watcher.outbox({ cause, traceparent, time: now });
  await (record.phase === "admitted" ? tellAdmitted(work, record, outbox) : tellRefused(work, record, outbox));
  return moveDrop(watcher.stores, key, { kind: "end", at: now.toISOString() });
}
