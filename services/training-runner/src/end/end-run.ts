import {
  type EvaluateModel,
  evaluateModel,
  paths,
  type Run,
  type TrainingEnded,
  trainingEnded,
} from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { freeSlot } from "../free-slot.ts";
import type { RunEnd } from "../run.ts";
import { type Runner, voiceOf } from "../runner.ts";
import { moveRun } from "../stores.ts";
import type { Look } from "./conclude.ts";
import { type EndOfJob, endedAtOf, endingOf } from "./ending.ts";
import { registeredModel } from "./registered-model.ts";
import { type RunOutput, readOutput } from "./run-output.ts";

function whatEnded(run: Run, end: RunEnd, endedAt: string): TrainingEnded["data"] {
  const { model, runId, version, startedAt = run.submittedAt } = run;
  const outcome = end.status === "completed" ? { version } : { reason: end.failure };
  return { model, runId, status: end.status, ...outcome, ...(startedAt === undefined ? {} : { startedAt }), endedAt };
}

function whatToEvaluate(run: Run, { votedToDeploy }: RunOutput): EvaluateModel["data"] {
  const { model, runId, version, batches } = run;
  const onnx = { container: "runs", path: paths.runModel(runId) };
  return { model, version, runId, onnx, trainedOn: batches, votedToDeploy };
}

/**
 * Sees to the end of a run: a completed one registers its model and asks for the verdict, any other says why. Then the
 * record, and last the slot: what is done again from anywhere says and writes the same.
 */
export async function endRun(
  runner: Runner,
  run: Run,
  conclusion: EndOfJob,
  { doneAt, now }: Pick<Look, "doneAt" | "now">,
  { log }: Delivery,
): Promise<void> {
  const { stores, workspace } = runner;
  if (conclusion.kind === "overdue") await workspace.cancel(run.runId);
  const output = await readOutput(stores, run.runId);
  const end = endingOf(conclusion, output);
  const completed = end.status === "completed";
  const at = endedAtOf(run, doneAt ?? now);
  const voice = voiceOf(runner, run);

  if (completed) await workspace.putModel(registeredModel(run, output.log));
  await voice.publish(trainingEnded, whatEnded(run, end, at));
  if (completed) await voice.send(evaluateModel, whatToEvaluate(run, output));
  await moveRun(stores, { kind: "end", run, end, at });
  await freeSlot(runner, run, "end", { outbox: voice, log });
  log.info(`ended: ${end.status}`, completed ? {} : { reason: end.failure });
}
