import type { Admission, AdmitBatch, RestoreBatch, WithdrawBatch } from "@ratchet/contracts";
import { type Delivery, type Outbox, PermanentError } from "@ratchet/messaging";
import { readAdmissions, readDefinition, readWaiting, type StandingBatch } from "@ratchet/state";
import { appendAdmission, openTrainings, type Stores } from "../stores.ts";
import { askForTraining } from "../training/ask-for-training.ts";
import { dueAt } from "../training/coalesce.ts";
import { sendLook } from "../training/send-look.ts";
import type { Watcher } from "../watcher.ts";

/** A command about a batch that the model never took in. */
export class UnknownBatchError extends PermanentError {
  override readonly name = "UnknownBatchError";

  constructor(model: string, batch: string) {
    super(`${model} has no batch ${batch}; \`ratchet batches list ${model}\` says which it has`);
  }
}

async function standingOf(stores: Stores, model: string, batch: string): Promise<StandingBatch> {
  const { batches, withdrawn, quarantined } = await readAdmissions(stores, model);
  const found = [...batches, ...withdrawn, ...quarantined].find((one) => one.batch === batch);
  if (!found) throw new UnknownBatchError(model, batch);
  return found;
}

/** What an operator asks of one batch. */
type Command = WithdrawBatch | RestoreBatch | AdmitBatch;

/** What may become of a batch, and how it is told. */
export interface Change {
  readonly kind: "withdrawn" | "restored" | "admitted";
  /** Whether there is nothing to change about a batch that stands so. */
  isSo(batch: StandingBatch): boolean;
  /** What the log is to say besides. */
  entry(batch: StandingBatch): Partial<Admission>;
  tell(stores: Stores, outbox: Outbox, batch: StandingBatch, data: Command["data"]): Promise<void>;
}

const hasObeyed = ({ obeyed = [] }: StandingBatch, { id }: Command): boolean => obeyed.includes(id);

/**
 * Appends the word about a batch unless it stands so already, or the command was obeyed before: delivered again after others
 * have come, it must not undo them. Gives the batch as it then stands.
 */
async function append(stores: Stores, change: Change, message: Command, now: Date): Promise<StandingBatch> {
  const { kind } = change;
  const { model, batch, reason, requestedBy: by } = message.data;
  const before = await standingOf(stores, model, batch);
  if (change.isSo(before) || hasObeyed(before, message)) return before;
  if (kind !== "withdrawn") await openTrainings(stores).mark(model);
  const said = { batch, at: now.toISOString(), reason, by, cause: message.id };
  await appendAdmission(stores, model, { kind, ...change.entry(before), ...said });
  return standingOf(stores, model, batch);
}

/** What waits may wait for nobody: a look is set for when it is due. */
async function lookForWaiting(
  watcher: Watcher,
  model: string,
  at: { readonly now: Date; readonly traceparent: string | undefined },
): Promise<void> {
  const { pending } = await readWaiting(watcher.stores, model);
  if (!pending) return;
  const { data: policy } = (await readDefinition(watcher.stores, model)).definition;
  await sendLook(watcher, model, dueAt(pending, policy), at);
}

/**
 * Does what an operator asks of a batch: said once in the log of admissions, and told. Where the command asks for it, the model
 * is trained at once on what it then has, from the beginning.
 * @throws {UnknownBatchError} when the model never took in the batch.
 */
export async function changeBatch(
  change: Change,
  watcher: Watcher,
  message: Command,
  { now, log, outbox }: Delivery,
): Promise<void> {
  const { id, traceparent, data } = message;
  const { model, batch, train } = data;
  const after = await append(watcher.stores, change, message, now);
  // Delivered again, it says the same again; else another command was first, or it stood so before.
  if (!hasObeyed(after, message)) return log.info(`batch ${batch} of ${model} stays as it is: not ${change.kind} anew`);
  await change.tell(watcher.stores, outbox, after, data);
  log.info(`batch ${batch} of ${model} is ${change.kind}`);
  if (!train) return lookForWaiting(watcher, model, { now, traceparent });
  const ask = { reason: "request", coldStart: true } as const;
  const asked = await askForTraining(watcher, model, { cause: id, traceparent, time: now }, ask);
  if (!asked) log.warn(`nothing is left of ${model} to train on`);
}
