import { type AppliedDefinition, type Run, trainingStarted } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import type { JobView } from "../end/conclude.ts";
import { type Runner, voiceOf } from "../runner.ts";
import { holds } from "../slot/training-slot.ts";
import { holdsSlot, moveRun, readSlot } from "../stores.ts";
import { planSnapshot } from "./code-snapshot.ts";
import { environmentOf, type JobParts, jobSpecification } from "./job-specification.ts";
import { putSnapshot, putTrainingData } from "./run-input.ts";

/** Puts code, data and environment in place, and means a number for the model that the registry has not given yet. */
async function prepare(
  { stores, workspace }: Runner,
  applied: AppliedDefinition,
  run: Run,
): Promise<{ readonly prepared: Run; readonly parts: JobParts }> {
  const { environment: image, compute } = applied.definition.training;
  const snapshot = planSnapshot(applied);
  const environment = environmentOf(image);
  const [codeUri] = await Promise.all([putSnapshot(stores, snapshot), putTrainingData(stores, run)]);
  const [codeId, environmentId, next] = await Promise.all([
    workspace.putCode(`ratchet-${run.model}`, snapshot.sha256, codeUri),
    workspace.putEnvironment(environment.name, environment.version, image),
    workspace.nextModelVersion(run.model),
  ]);
  const { run: prepared } = await moveRun(stores, { kind: "prepare", run, codeSha256: snapshot.sha256, next });
  return { prepared, parts: { codeId, environmentId, computeId: workspace.computeId(compute) } };
}

async function tellStart(runner: Runner, run: Run, { studioUrl }: JobView): Promise<void> {
  const { model, runId, version, batches, reason, definitionVersion, attempt = 1 } = run;
  const warmStart = run.warmStart?.version ?? null;
  const lineage = { model, runId, version, batches, reason, definitionVersion, warmStart };
  const more = { ...(studioUrl === undefined ? {} : { studioUrl }), ...(attempt === 1 ? {} : { attempt }) };
  await voiceOf(runner, run).publish(trainingStarted, { ...lineage, ...more });
}

/**
 * Submits a claimed run to Azure ML: code, data, environment, then the job, and says so. Every step finds what an earlier
 * delivery has done already, so that done again from anywhere it ends with the one job. A job whose claim was given up
 * meanwhile is cancelled, so that no other runs beside the one that holds the slot.
 * @param job the run's job, where there is one already.
 * @returns the run as it is then: still claimed where it was cancelled or given up meanwhile.
 * @throws {NoTrainingCodeError} when the project has no file in its `training.code`.
 * @throws {MissingBlobError} when a file of the project or a batch's rows are not there.
 * @throws {RestError} when the workspace refuses.
 */
export async function submitRun(
  runner: Runner,
  applied: AppliedDefinition,
  { run, job }: { readonly run: Run; readonly job: JobView | undefined },
  { now, log }: Pick<Delivery, "now" | "log">,
): Promise<Run> {
  const { stores, workspace } = runner;
  let [known, view] = [run, job];
  if (!view) {
    const { prepared, parts } = await prepare(runner, applied, run);
    known = prepared;
    if (known.cancelRequestedAt !== undefined || !(await holdsSlot(stores, run))) return known;
    view = await workspace.putJob(run.runId, jobSpecification(known, applied.definition, parts));
  }
  const { running } = await readSlot(stores, run.model);
  if (running?.runId !== run.runId) {
    log.warn("the claim was given up while its job was submitted; cancelling the job");
    await workspace.cancel(run.runId);
    return known;
  }
  // The run was claimed anew meanwhile: whoever did that goes on with the job.
  if (!holds({ running }, run)) return known;
  await tellStart(runner, known, view);
  const { run: submitted } = await moveRun(stores, { kind: "submit", run: known, at: now.toISOString() });
  const { version, batches, warmStart } = submitted;
  log.info("submitted", { version, batches: batches.length, warmStart: warmStart?.version ?? null });
  return submitted;
}
