import { type Envelope, type TrainModel, trainModel } from "@ratchet/contracts";
import type { Occasion } from "@ratchet/messaging";
import { readAdmissions, readWaiting, type StandingBatch } from "@ratchet/state";
import { moveAdmissions } from "../stores.ts";
import type { Watcher } from "../watcher.ts";
import { type CoalescingPolicy, dueAt } from "./coalesce.ts";
import { sendLook } from "./send-look.ts";

/** A wish to train that was sent, and on how many batches. */
export interface AskedTraining {
  readonly command: Envelope;
  readonly batches: number;
}

/** Small files may have rows that judge and no others. */
const hasRowsToTrainOn = ({ rows }: StandingBatch): boolean => rows === undefined || rows.train > 0;

/**
 * Sends train-model for all that is admitted; only then do they cease to wait. A crash in between asks again, with the
 * same identity if nothing new has come.
 * @returns undefined where no row is admitted yet that trains.
 */
export async function askForTraining(
  { stores, outbox }: Watcher,
  model: string,
  occasion: Occasion,
  ask: Pick<TrainModel["data"], "reason" | "again" | "coldStart">,
): Promise<AskedTraining | undefined> {
  const admitted = await readAdmissions(stores, model);
  const askedUpTo = { kind: "ask-for-training", position: admitted.position } as const;
  // What is there is trained on together with what comes: it does not wait for more looks.
  if (!admitted.batches.some(hasRowsToTrainOn)) {
    await moveAdmissions(stores, model, askedUpTo);
    return undefined;
  }
  const command = await outbox(occasion).send(trainModel, { model, through: admitted.position, ...ask });
  await moveAdmissions(stores, model, askedUpTo);
  return { command, batches: admitted.batches.length };
}

/**
 * Asks for training because batches are due. It is said because of the data: who looks at the same time says the same command,
 * and the broker takes it once.
 */
export async function askForDueTraining(
  watcher: Watcher,
  model: string,
  policy: CoalescingPolicy,
  { now, traceparent }: { readonly now: Date; readonly traceparent?: string | undefined },
): Promise<AskedTraining | undefined> {
  const occasion = { cause: `data/${model}`, traceparent, time: now };
  const asked = await askForTraining(watcher, model, occasion, { reason: "data" });
  // What was admitted while the command was sent may have no look of its own.
  const { pending } = await readWaiting(watcher.stores, model);
  if (pending) await sendLook(watcher, model, dueAt(pending, policy), { now, traceparent });
  return asked;
}
