import { type DropRecord, dataAdmitted, dataQuarantined, dataRefused, paths } from "@ratchet/contracts";
import { type Outbox, TransientError } from "@ratchet/messaging";
import { isFirstToWait, readWaiting } from "@ratchet/state";
import { moveDrop } from "../stores.ts";
import { inBrief } from "../suspicion/in-brief.ts";
import { readEvidence } from "../suspicion/judge-batch.ts";
import { type CoalescingPolicy, lookAfterAdmission } from "../training/coalesce.ts";
import { sendLook } from "../training/send-look.ts";
import type { Watcher } from "../watcher.ts";
import { manifestOf } from "./admit-content.ts";
import type { WorkOnDrop } from "./work-on-drop.ts";

/** A batch is in quarantine, and what for is gone. */
class MissingEvidenceError extends TransientError {
  override readonly name = "MissingEvidenceError";

  constructor(model: string, batch: string) {
    super(
      `the evidence of batch ${batch} of ${model} is gone; restore ${paths.batchEvidence(model, batch)} in batches`,
    );
  }
}

/** When to look because of a batch: only the first that waits has all read that waits, or a thousand drops would read a million. */
async function lookAfter({ stores }: Watcher, model: string, batch: string, policy: CoalescingPolicy) {
  if (!(await isFirstToWait(stores, model, batch))) return undefined;
  return lookAfterAdmission(await readWaiting(stores, model), batch, policy);
}

async function tellAdmitted(
  { watcher, applied, drop: { model, file }, now, log }: WorkOnDrop,
  record: DropRecord,
  outbox: Outbox,
): Promise<void> {
  const { batch, contentSha256, bytes, rows } = await manifestOf(watcher.stores, record);
  const evidence = await readEvidence(watcher.stores, model, batch);
  const suspicion = evidence?.fate === "warn" ? { suspicion: inBrief(evidence) } : {};
  await outbox.publish(dataAdmitted, { model, batch, file, contentSha256, bytes, rows, ...suspicion });
  const look = await lookAfter(watcher, model, batch, applied.definition.data);
  if (look) await sendLook(watcher, model, look, { now, traceparent: record.traceparent });
  log.info(`admitted ${file} as batch ${batch}`, { rows, ...(look ? { trainingDueAt: look } : {}) });
  if (evidence?.fate === "warn") log.warn(`batch ${batch} of ${model} stands out: ${evidence.summary}`);
}

async function tellQuarantined(
  { watcher: { stores }, drop: { model, file }, log }: WorkOnDrop,
  record: DropRecord,
  outbox: Outbox,
): Promise<void> {
  const { batch, contentSha256, bytes, rows } = await manifestOf(stores, record);
  const evidence = await readEvidence(stores, model, batch);
  if (!evidence) throw new MissingEvidenceError(model, batch);
  const suspicion = inBrief(evidence);
  await outbox.publish(dataQuarantined, { model, batch, file, contentSha256, bytes, rows, suspicion });
  log.warn(`${file} is in quarantine as batch ${batch} of ${model}: ${suspicion.summary}`, { rows });
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

function tell(work: WorkOnDrop, record: DropRecord, outbox: Outbox): Promise<void> {
  if (record.phase === "admitted") return tellAdmitted(work, record, outbox);
  if (record.phase === "quarantined") return tellQuarantined(work, record, outbox);
  return tellRefused(work, record, outbox);
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
  await tell(work, record, outbox);
  return moveDrop(watcher.stores, key, { kind: "end", at: now.toISOString() });
}
