import type { AppliedDefinition, TrainingSlot, TrainModel } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { readDefinition } from "@ratchet/state";
import { makeDataset } from "../dataset/make-dataset.ts";
import { moveOn } from "../move-on.ts";
import { sendLook } from "../run/looks.ts";
import { claimedRun } from "../run/run.ts";
import type { Runner } from "../runner.ts";
import type { SlotEvent } from "../slot/slot-events.ts";
import { tellHeld } from "../slot/tell.ts";
import { startable } from "../slot/training-slot.ts";
import type { Ask, Described, Ground } from "../slot/wish.ts";
import { moveRun, moveSlot, openTrainings, readSlot, warmStartOf } from "../stores.ts";

/** What would be trained on if a run started now; where the slot is held, nobody has to know. */
async function describe(
  { stores }: Runner,
  { model, definition }: AppliedDefinition,
  slot: TrainingSlot,
  ask: Ask,
  now: Date,
): Promise<Described | undefined> {
  const wish = startable(slot, ask);
  if (!wish) return undefined;
  const made = await makeDataset({ stores, model, definition, now }, wish.through);
  return { through: wish.through, dataset: made?.ref ?? null };
}

/** What a run of the applied project would start from now. */
async function groundOf(runner: Runner, applied: AppliedDefinition, ask: Ask, now: Date): Promise<Ground> {
  const { stores } = runner;
  const { model, version, definition } = applied;
  const { warmStart: isWarm, attempts, startTimeout, budget } = definition.training;
  const warmStart = isWarm ? await warmStartOf(stores, model) : null;
  const described = await describe(runner, applied, await readSlot(stores, model), ask, now);
  return {
    definitionVersion: version,
    warmStart,
    attempts,
    startTimeout,
    budget,
    described,
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
 * @throws {SlotMovedError} when the slot has changed between a look at it and its claim.
 * @throws {NoTrainingCodeError} when the project has no file in its `training.code`.
 * @throws {MissingBlobError} when a file of the project or a batch's rows are not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row that was admitted; it names batch, line and column.
 * @throws {RowIndexError} when an index of rows is damaged.
 * @throws {RestError} when the workspace refuses.
 */
export async function train(runner: Runner, message: TrainModel, delivery: Delivery): Promise<void> {
  const { id: command, data, traceparent } = message;
  const { model, through, reason, again, coldStart, beyondBudget, waited } = data;
  const { stores } = runner;
  const applied = await readDefinition(stores, model);
  const ask = { command, through, reason, again, coldStart, beyondBudget, waited };
  const ground = await groundOf(runner, applied, ask, delivery.now);
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
