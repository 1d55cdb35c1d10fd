import type { AppliedDefinition, Run, TrainModel } from "@ratchet/contracts";
import { type Delivery, isTransient } from "@ratchet/messaging";
import { freeSlot } from "./free-slot.ts";
import type { Runner } from "./runner.ts";
import { appliedDefinition, claimedRun, hasEnded, moveSlot, updateRun, warmStartOf } from "./stores.ts";
import { submitRun } from "./submit-run.ts";
import { type Ask, eventOf, evolve, nextStep, type Step } from "./training-slot.ts";

async function decide(runner: Runner, applied: AppliedDefinition, ask: Ask, now: Date): Promise<Step> {
  const { model, version, definition } = applied;
  const warmStart = definition.training.warmStart ? await warmStartOf(runner.stores, model) : null;
  const ground = { definitionVersion: version, warmStart, at: now.toISOString() };
  return moveSlot(runner.stores, model, (before) => {
    const step = nextStep(before, ask, ground);
    const event = eventOf(step, ask);
    return { slot: event ? evolve(before, event) : before, result: step };
  });
}

/** Gives a claim up, as if its message had never come; what waited behind it is trained. */
async function release(runner: Runner, { model, runId }: Run, { now, log }: Delivery): Promise<void> {
  const outbox = runner.outbox({ cause: `${runId}/released/${now.toISOString()}` });
  await freeSlot(runner.stores, model, { kind: "released", runId }, outbox, log);
}

/** Whether a job may have come of a run. Where it cannot be told, the run's own look will find out. */
const mayHaveJob = (runner: Runner, { runId }: Run): Promise<boolean> =>
  runner.workspace.job(runId).then(
    (job) => job !== undefined,
    () => true,
  );

/**
 * Obeys train-model: starts a run, lets the wish wait behind the running one, or has nothing to do.
 * A run that cannot be submitted for good gives its claim up, so that the model is not held up and the message can be
 * mended and replayed.
 * @throws {UnknownModelError} {NoTrainingCodeError} {MissingBlobError} and whatever the workspace refuses.
 */
export async function train(runner: Runner, message: TrainModel, delivery: Delivery): Promise<void> {
  const { id: command, data, traceparent } = message;
  const { model, batches, reason, again } = data;
  const applied = await appliedDefinition(runner.stores, model);
  const step = await decide(runner, applied, { command, batches, reason, again }, delivery.now);
  if (step.kind === "ignore") return delivery.log.info(`nothing to train for ${model}: ${step.why}`);
  if (step.kind === "queue") return delivery.log.info(`training of ${model} waits behind ${step.behind}`);

  const claim = { ...claimedRun(model, step.run), ...(traceparent === undefined ? {} : { traceparent }) };
  const run = await updateRun(runner.stores, claim, {});
  if (hasEnded(run)) return delivery.log.info(`${run.runId} has ended already: ${run.status}`);
  if (run.definitionVersion !== applied.version && !(await runner.workspace.job(run.runId))) {
    // The project was applied anew after the claim and before a job came of it: the claim is for something else.
    await release(runner, run, delivery);
    return train(runner, message, delivery);
  }
  try {
    await submitRun(runner, applied, run, delivery);
  } catch (error) {
    if (!isTransient(error) && !(await mayHaveJob(runner, run))) await release(runner, run, delivery);
    throw error;
  }
}
