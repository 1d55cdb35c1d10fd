import { type CheckTrainingDue, checkTrainingDue } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { askForTraining } from "./ask-for-training.ts";
import { coalesce, dueAt } from "./coalesce.ts";
import type { OutboxFor } from "./follow-schedules.ts";
import { appliedDefinition, readAdmissions, type Stores } from "./stores.ts";

/**
 * Looks whether a model's admitted batches are due for training: trains, or looks again when they will be.
 * @throws {UnknownModelError}
 */
export async function checkTraining(
  stores: Stores,
  { data: { model }, traceparent }: CheckTrainingDue,
  outboxFor: OutboxFor,
  delivery: Delivery,
): Promise<void> {
  const { now, log, outbox } = delivery;
  const { data: policy } = (await appliedDefinition(stores, model)).definition;
  const admissions = await readAdmissions(stores, model);
  const step = coalesce(admissions, policy, now);
  switch (step.kind) {
    case "nothing":
      return log.info(`nothing waits for training of ${model}`);
    case "wait":
      await outbox.send(checkTrainingDue, { model }, { notBefore: step.until });
      return log.info(`${model}: more has come; looking again at ${step.until.toISOString()}`);
    case "train": {
      // Said because of the data: two looks at the same time say the same command, and the broker takes it once.
      const voice = outboxFor(`data/${model}`, traceparent);
      const { after } = await askForTraining(stores, voice, admissions, { reason: "data" });
      log.info(`asked for training of ${model}`, { because: step.because, batches: admissions.batches.length });
      // What was admitted while the command was sent has no look of its own.
      if (after.pending) await outbox.send(checkTrainingDue, { model }, { notBefore: dueAt(after.pending, policy) });
    }
  }
}
