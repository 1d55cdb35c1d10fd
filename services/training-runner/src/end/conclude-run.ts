import {
  type ConclusionStep,
  type EvaluateModel,
  evaluateModel,
  paths,
  type Run,
  type TrainingEnded,
  trainingEnded,
} from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { nextStep } from "../run/run-events.ts";
import { type Runner, voiceOf } from "../runner.ts";
import { freeSlot, outcomeOf } from "../slot/free-slot.ts";
import { moveRun } from "../stores.ts";
import { registerModel } from "./register-model.ts";

/** What is told of a run's end. */
function whatEnded(run: Run): TrainingEnded["data"] {
  const { model, runId, version, failure, attempt = 1, attempts = 1 } = run;
  const { status, startedAt, endedAt } = outcomeOf(run);
  const outcome = status === "completed" ? { version } : { reason: failure };
  const left = status === "failed" ? { attemptsLeft: attempts - attempt } : {};
  const tries = attempts === 1 ? {} : { attempt, ...left };
  return { model, runId, status, ...outcome, ...(startedAt === undefined ? {} : { startedAt }), endedAt, ...tries };
}

function whatToEvaluate({ model, runId, version, dataset, batches = [], votedToDeploy }: Run): EvaluateModel["data"] {
  const onnx = { container: "runs", path: paths.runModel(runId) };
  return { model, version, runId, onnx, dataset, trainedOn: batches, votedToDeploy };
}

/** Does one step, and gives the run as it is then. */
async function doStep(runner: Runner, run: Run, step: ConclusionStep): Promise<Run> {
  switch (step) {
    case "register-model":
      return registerModel(runner, run);
    case "tell-end":
      await voiceOf(runner, run).publish(trainingEnded, whatEnded(run));
      return run;
    case "ask-for-verdict":
      await voiceOf(runner, run).send(evaluateModel, whatToEvaluate(run));
      return run;
  }
}

/**
 * Does what follows from a run's end, each step once and in its order: a completed run's model is registered, the end is
 * told, the verdict asked for, and last the slot freed. The record says what was done, so that it goes on from there; as
 * long as the slot is not freed, somebody comes back to it.
 */
export async function concludeRun(runner: Runner, ended: Run, delivery: Delivery): Promise<void> {
  let run = ended;
  for (let step = nextStep(run); step !== undefined; step = nextStep(run)) {
    const done = await doStep(runner, run, step);
    const at = delivery.now.toISOString();
    run = (await moveRun(runner.stores, { kind: "conclude", run: done, step, at })).run;
  }
  await freeSlot(runner, run, delivery);
}
