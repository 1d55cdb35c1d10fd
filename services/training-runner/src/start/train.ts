import type { AppliedDefinition, TrainModel } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { readAdmissions, readDefinition } from "@ratchet/state";
import { moveOn } from "../move-on.ts";
import { sendLook } from "../run/looks.ts";
import { claimedRun } from "../run/run.ts";
import type { Runner } from "../runner.ts";
import type { SlotEvent } from "../slot/slot-events.ts";
import { tellHeld } from "../slot/tell.ts";
import type { Ground } from "../slot/wish.ts";
import { moveRun, moveSlot, openTrainings, warmStartOf } from "../stores.ts";

/** What a run of the applied project would start from now. */
async function groundOf({ stores }: Runner, applied: AppliedDefinition, now: Date): Promise<Ground> {
  const { model, version, definition } = applied;
  const { warmStart: isWarm, attempts, startTimeout, budget } = definition.training;
  const warmStart = isWarm ? await warmStartOf(stores, model) : null;
  const { withdrawn } = await readAdmissions(stores, model);
  return {
    definitionVersion: version,
    warmStart,
    attempts,
    startTimeout,
    budget,
    withdrawn: new Set(withdrawn.map(({ batch }) => batch)),
    at: now.toISOString(),
  };
}

/** Why a wish to train starts no run of its own. */
function whyNoRun([event]: readonly SlotEvent[]): string {
  switch (event?.kind) {
    case "queued":
      return `training waits behind ${event.behind}`;
    case "held":
      return `training waits until ${event.until}: ${event.reason}`;
    case "settled":
      return `nothing to train: ${event.why}`;
    default:
      return "nothing to train: the message was taken in before, or nothing waits any more";
  }
}

/**
 * Obeys train-model: starts a run, lets the wish wait behind the running one or for its budget, or has nothing to do. A
 * delivery that finds the slot claimed by its own message goes on with that run, as far as that is still to do.
 * A run that cannot be submitted for good gives its claim up, and what it is for waits in the slot; so the model is not
 * held up. A new wish goes to the dead-letter queue with the reason, to be mended and replayed.
 * @throws {UnknownModelError} when the model is not applied.
 * @throws {NoTrainingCodeError} when the project has no file in its `training.code`.
 * @throws {MissingBlobError} when a file of the project or a batch's rows are not there.
 * @throws {RestError} when the workspace refuses.
 */
export async function train(runner: Runner, message: TrainModel, delivery: Delivery): Promise<void> {
  const { id: command, data, traceparent } = message;
  const { model, batches, reason, again, coldStart, beyondBudget, waited } = data;
  const { stores } = runner;
  const applied = await readDefinition(stores, model);
  const ground = await groundOf(runner, applied, delivery.now);
  const ask = { command, batches, reason, again, coldStart, beyondBudget, waited };
  await openTrainings(stores).mark(model);
  const { events, after: slot } = await moveSlot(stores, model, { kind: "train", ask, ground });
  if (slot.running?.command !== command) {
    await tellHeld(runner, slot);
    return delivery.log.info(whyNoRun(events));
  }
  const claim = { ...claimedRun(model, slot.running), traceparent };
  const { run } = await moveRun(stores, { kind: "claim", run: claim });
  // The first look goes out before the job: should this process end here, it finds out.
  if (run.status === "claimed") await sendLook(runner, run);
  const ofRun = { ...delivery, log: delivery.log.with({ run: run.runId }) };
  await moveOn(runner, run, { by: command, isNewWish: !waited }, ofRun);
}
