import { type CheckTrainingDue, checkTrainingDue } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { readDefinition } from "@ratchet/state";
import { readAdmissions } from "../stores.ts";
import type { Watcher } from "../watcher.ts";
import { askForTraining } from "./ask-for-training.ts";
import { coalesce, dueAt } from "./coalesce.ts";

/**
 * Looks whether a model's admitted batches are due for training: trains, or looks again when they will be.
 * @throws {UnknownModelError} when nobody has applied the model.
 */
export async function checkTraining(
  watcher: Watcher,
  { data: { model }, traceparent }: CheckTrainingDue,
  { now, log, outbox }: Delivery,
): Promise<void> {
  const { data: policy } = (await readDefinition(watcher.stores, model)).definition;
  const admissions = await readAdmissions(watcher.stores, model);
  const step = coalesce(admissions, policy, now);
  switch (step.kind) {
    case "nothing":
      return log.info(`nothing waits for training of ${model}`);
    case "wait":
      await outbox.send(checkTrainingDue, { model }, { notBefore: step.until });
      return log.info(`${model}: more has come; looking again at ${step.until.toISOString()}`);
    case "train": {
      // Said because of the data: two looks at the same time say the same command, and the broker takes it once.
      const occasion = { cause: `data/${model}`, traceparent };
      const { after } = await askForTraining(watcher, admissions, occasion, { reason: "data" });
      log.info(`asked for training of ${model}`, { because: step.because, batches: admissions.batches.length });
      // What was admitted while the command was sent has no look of its own.
      if (after.pending) await outbox.send(checkTrainingDue, { model }, { notBefore: dueAt(after.pending, policy) });
    }
  }
}
