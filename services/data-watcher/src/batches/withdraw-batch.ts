import { dataRestored, dataWithdrawn, type RestoreBatch, type WithdrawBatch } from "@ratchet/contracts";
import { type Delivery, PermanentError } from "@ratchet/messaging";
import { readAdmissions, readDefinition, readWaiting, type StandingBatch } from "@ratchet/state";
import { appendAdmission, openTrainings, type Stores } from "../stores.ts";
import { askForTraining } from "../training/ask-for-training.ts";
import { dueAt } from "../training/coalesce.ts";
import { sendLook } from "../training/send-look.ts";
import type { Watcher } from "../watcher.ts";

/** A command about a batch that the model never admitted. */
export class UnknownBatchError extends PermanentError {
  override readonly name = "UnknownBatchError";

  constructor(model: string, batch: string) {
    super(`${model} has admitted no batch ${batch}; \`ratchet batches list ${model}\` says which it has`);
  }
}

async function standingOf(stores: Stores, model: string, batch: string): Promise<StandingBatch> {
  const { batches, withdrawn } = await readAdmissions(stores, model);
  const found = [...batches, ...withdrawn].find((one) => one.batch === batch);
  if (!found) throw new UnknownBatchError(model, batch);
  return found;
}

type Command = WithdrawBatch | RestoreBatch;

/** What may become of a batch, and how it is told. */
interface Change {
  readonly kind: "withdrawn" | "restored";
  readonly event: typeof dataWithdrawn | typeof dataRestored;
}

const withdrawal: Change = { kind: "withdrawn", event: dataWithdrawn };
const restoration: Change = { kind: "restored", event: dataRestored };

const hasObeyed = ({ obeyed = [] }: StandingBatch, { id }: Command): boolean => obeyed.includes(id);

/**
 * Appends the word about a batch unless it stands so already, or the command was obeyed before: delivered again after others
 * have come, it must not undo them. Gives the batch as it then stands.
 */
async function append(stores: Stores, { kind }: Change, message: Command, now: Date): Promise<StandingBatch> {
  const { model, batch, reason, requestedBy: by } = message.data;
  const before = await standingOf(stores, model, batch);
  const isSo = (kind === "withdrawn") === (before.withdrawn !== undefined);
  if (isSo || hasObeyed(before, message)) return before;
  if (kind === "restored") await openTrainings(stores).mark(model);
  await appendAdmission(stores, model, { kind, batch, at: now.toISOString(), reason, by, cause: message.id });
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

async function obey(change: Change, watcher: Watcher, message: Command, { now, log, outbox }: Delivery): Promise<void> {
  const { id, traceparent, data } = message;
  const { model, batch, train, reason, requestedBy } = data;
  const after = await append(watcher.stores, change, message, now);
  // Delivered again, it says the same again; else another command was first, or it stood so before.
  if (!hasObeyed(after, message)) return log.info(`batch ${batch} of ${model} is ${change.kind} already`);
  const by = requestedBy === undefined ? {} : { requestedBy };
  await outbox.publish(change.event, { model, batch, file: after.file, reason, ...by });
  log.info(`batch ${batch} of ${model} is ${change.kind}`);
  if (!train) return lookForWaiting(watcher, model, { now, traceparent });
  const ask = { reason: "request", coldStart: true } as const;
  const asked = await askForTraining(watcher, model, { cause: id, traceparent, time: now }, ask);
  if (!asked) log.warn(`nothing is left of ${model} to train on`);
}

/**
 * Withdraws a batch: said once in the log of admissions, and told. Where the command asks for it, the model is trained at once
 * on what is left, from the beginning: the champion has learned from the batch. One that is withdrawn already is let be.
 * @throws {UnknownBatchError} when the model never admitted the batch.
 */
export const withdraw = (watcher: Watcher, message: WithdrawBatch, delivery: Delivery): Promise<void> =>
  obey(withdrawal, watcher, message, delivery);

/**
 * Takes a batch back that was withdrawn; it waits for training as one does that was just admitted.
 * @throws {UnknownBatchError} when the model never admitted the batch.
 */
export const restore = (watcher: Watcher, message: RestoreBatch, delivery: Delivery): Promise<void> =>
  obey(restoration, watcher, message, delivery);
