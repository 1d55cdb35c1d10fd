import type { CheckTrainingDue } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { readDefinition, readWaiting } from "@ratchet/state";
import { dropsOnTheirWay } from "../stores.ts";
import type { Watcher } from "../watcher.ts";
import { askForDueTraining } from "./ask-for-training.ts";
import { coalesce } from "./coalesce.ts";
import { sendLook } from "./send-look.ts";

/**
 * Looks whether a model's admitted batches are due for training: trains, or looks again when they will be.
 * @throws {UnknownModelError} when nobody has applied the model.
 */
export async function checkTraining(
  watcher: Watcher,
  { data: { model }, traceparent }: CheckTrainingDue,
  { now, log }: Pick<Delivery, "now" | "log">,
): Promise<void> {
  const { data: policy } = (await readDefinition(watcher.stores, model)).definition;
  const waiting = await readWaiting(watcher.stores, model);
  const step = coalesce(waiting, policy, now, await dropsOnTheirWay(watcher.stores, model));
  switch (step.kind) {
    case "nothing":
      return log.info(`nothing waits for training of ${model}`);
    case "wait":
      await sendLook(watcher, model, step.until, { now, traceparent });
      return log.info(`${model}: more has come; looking again at ${step.until.toISOString()}`);
    case "train": {
      const asked = await askForDueTraining(watcher, model, policy, { now, traceparent });
      log.info(`asked for training of ${model}`, { because: step.because.length, batches: asked?.batches });
    }
  }
}
