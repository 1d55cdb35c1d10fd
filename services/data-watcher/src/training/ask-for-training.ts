import { type Admissions, type Envelope, type TrainModel, trainModel } from "@ratchet/contracts";
import type { Occasion } from "@ratchet/messaging";
import { moveAdmissions } from "../stores.ts";
import type { Watcher } from "../watcher.ts";
import { type CoalescingPolicy, dueAt } from "./coalesce.ts";
import { sendLook } from "./send-look.ts";

/**
 * Sends train-model with all admitted batches; only then do they cease to wait. A crash in between asks again, with the
 * same identity if nothing new has come.
 * @returns the command, and the admissions as they are after it.
 */
export async function askForTraining(
  { stores, outbox }: Watcher,
  { model, batches: admitted }: Admissions,
  occasion: Occasion,
  ask: Pick<TrainModel["data"], "reason" | "again">,
): Promise<{ readonly command: Envelope; readonly after: Admissions }> {
  const batches = admitted.map(({ batch }) => batch);
  const command = await outbox(occasion).send(trainModel, { model, batches, ...ask });
  const after = await moveAdmissions(stores, model, { kind: "ask-for-training", batches });
  return { command, after };
}

/**
 * Asks for training because batches are due. It is said because of the data: who looks at the same time says the same command,
 * and the broker takes it once.
 */
export async function askForDueTraining(
  watcher: Watcher,
  admissions: Admissions,
  policy: CoalescingPolicy,
  { now, traceparent }: { readonly now: Date; readonly traceparent?: string | undefined },
): Promise<void> {
  const { model } = admissions;
  const occasion = { cause: `data/${model}`, traceparent, time: now };
  const { after } = await askForTraining(watcher, admissions, occasion, { reason: "data" });
  // What was admitted while the command was sent may have no look of its own.
  if (after.pending) await sendLook(watcher, model, dueAt(after.pending, policy), { now, traceparent });
}
