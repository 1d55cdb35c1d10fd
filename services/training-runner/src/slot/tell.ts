import { type TrainingSlot, trainingWaiting } from "@ratchet/contracts";
import { sayStuck } from "@ratchet/messaging";
import type { Runner } from "../runner.ts";
import { moveSlot } from "../stores.ts";

/** Says that training waits for its budget, once for as long as it does. */
export async function tellHeld(runner: Runner, { model, waiting }: TrainingSlot): Promise<void> {
  const held = waiting?.held;
  if (!held || held.told) return;
  const { since, until, reason, batches } = held;
  const outbox = runner.outbox({ cause: `held/${model}/${since}` });
  await outbox.publish(trainingWaiting, { model, cause: "budget", reason, batches, since, until });
  await moveSlot(runner.stores, model, { kind: "tell-held" });
}

/** Says that a model's runs cannot be submitted, once until one can. */
export async function tellTrouble(runner: Runner, { model, trouble }: TrainingSlot): Promise<void> {
  if (!trouble || trouble.told) return;
  await sayStuck(runner.outbox, {
    model,
    process: "training",
    about: model,
    state: "claimed",
    since: trouble.since,
    reason: `its run cannot be submitted: ${trouble.reason}`,
    remedy:
      "mend what the reason names, and run `ratchet apply` where it is in the project; it is tried again by itself, and at once where a train-model is replayed or asked for",
  });
  await moveSlot(runner.stores, model, { kind: "tell-trouble" });
}
