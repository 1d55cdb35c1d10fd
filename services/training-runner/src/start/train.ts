import type { AppliedDefinition, Run, TrainModel } from "@ratchet/contracts";
import { type Delivery, isTransient } from "@ratchet/messaging";
import { readDefinition } from "@ratchet/state";
import { freeSlot } from "../free-slot.ts";
import { claimedRun, hasEnded } from "../run.ts";
import type { Runner } from "../runner.ts";
import { moveRun, moveSlot, warmStartOf } from "../stores.ts";
import type { Ground, SlotEvent } from "../training-slot.ts";
import { submitRun } from "./submit-run.ts";

/** What a run of the applied project would start from now. */
async function groundOf({ stores }: Runner, applied: AppliedDefinition, now: Date): Promise<Ground> {
  const { model, version, definition } = applied;
  const warmStart = definition.training.warmStart ? await warmStartOf(stores, model) : null;
  return { definitionVersion: version, warmStart, at: now.toISOString() };
}

/** Why a wish to train starts no run of its own. */
function whyNoRun([event]: readonly SlotEvent[]): string {
  switch (event?.kind) {
    case "queued":
      return `training waits behind ${event.behind}`;
    case "settled":
      return `nothing to train: ${event.why}`;
    default:
      return "nothing to train: the message was taken in before";
  }
}

/** Gives a claim up, as if its message had never come; what waited behind it is trained. */
async function release(runner: Runner, run: Run, { now, log }: Delivery): Promise<void> {
  const outbox = runner.outbox({ cause: `${run.runId}/released/${now.toISOString()}` });
  await freeSlot(runner, run, "release", { outbox, log });
}

/** Whether a job may have come of a run. Where it cannot be told, the run's own look will find out. */
const mayHaveJob = (runner: Runner, { runId }: Run): Promise<boolean> =>
  runner.workspace.job(runId).then(
    (job) => job !== undefined,
    () => true,
  );

/** Submits a run; one that cannot be submitted for good gives its claim up. */
async function submitOrRelease(
  runner: Runner,
  applied: AppliedDefinition,
  run: Run,
  delivery: Delivery,
): Promise<void> {
  try {
    await submitRun(runner, applied, run, delivery);
  } catch (error) {
    if (!isTransient(error) && !(await mayHaveJob(runner, run))) await release(runner, run, delivery);
    throw error;
  }
}

/**
 * Obeys train-model: starts a run, lets the wish wait behind the running one, or has nothing to do. A delivery that finds
 * the slot claimed by its own message goes on with that run, as far as that is still to do.
 * A run that cannot be submitted for good gives its claim up, so that the model is not held up and the message can be
 * mended and replayed.
 * @throws {UnknownModelError} when the model is not applied.
 * @throws {NoTrainingCodeError} when the project has no file in its `training.code`.
 * @throws {MissingBlobError} when a file of the project or a batch's rows are not there.
 * @throws {RestError} when the workspace refuses.
 */
export async function train(runner: Runner, message: TrainModel, delivery: Delivery): Promise<void> {
  const { id: command, data, traceparent } = message;
  const { model, batches, reason, again } = data;
  const applied = await readDefinition(runner.stores, model);
  const ground = await groundOf(runner, applied, delivery.now);
  const ask = { command, batches, reason, again };
  const { events, after: slot } = await moveSlot(runner.stores, model, { kind: "train", ask, ground });
  if (slot.running?.command !== command) return delivery.log.info(whyNoRun(events));

  const claim = { ...claimedRun(model, slot.running), ...(traceparent === undefined ? {} : { traceparent }) };
  const { after: run = claim } = await moveRun(runner.stores, { kind: "claim", run: claim });
  const ofRun = { ...delivery, log: delivery.log.with({ run: run.runId }) };
  if (hasEnded(run)) return ofRun.log.info(`has ended already: ${run.status}`);
  if (run.definitionVersion !== applied.version && !(await runner.workspace.job(run.runId))) {
    // The project was applied anew after the claim and before a job came of it: the claim is for something else.
    await release(runner, run, ofRun);
    return train(runner, message, delivery);
  }
  await submitOrRelease(runner, applied, run, ofRun);
}
