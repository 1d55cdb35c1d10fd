import {
  type AppliedDefinition,
  type DatasetRef,
  mostBatchesNamed,
  type Run,
  trainingStarted,
} from "@ratchet/contracts";
import { type Delivery, PermanentError } from "@ratchet/messaging";
import { listedBatches, readDataset } from "@ratchet/state";
import type { JobView } from "../end/conclude.ts";
import { hasEnded } from "../run/run-events.ts";
import { type Runner, voiceOf } from "../runner.ts";
import { holds } from "../slot/training-slot.ts";
import { holdsSlot, moveRun, readSlot } from "../stores.ts";
import { planSnapshot } from "./code-snapshot.ts";
import { environmentOf, type JobParts, jobSpecification } from "./job-specification.ts";
import { putSnapshot } from "./run-input.ts";

/** A claim from before data was named by its digest: it is given up, and what it was for is asked for again. */
class FormerClaimError extends PermanentError {
  override readonly name = "FormerClaimError";

  constructor({ runId }: Run) {
    super(`the claim of ${runId} does not say what it is to be trained on: a former version has made it`);
  }
}

function datasetOf(run: Run): DatasetRef {
  if (!run.dataset) throw new FormerClaimError(run);
  return run.dataset;
}

/** Puts code, data and environment in place, and means a number for the model that the registry has not given yet. */
async function prepare(
  { stores, workspace }: Runner,
  applied: AppliedDefinition,
  run: Run,
): Promise<{ readonly prepared: Run; readonly parts: JobParts }> {
  const { environment: image, compute } = applied.definition.training;
  const snapshot = planSnapshot(applied);
  const environment = environmentOf(image);
  await putSnapshot(stores, snapshot);
  const [environmentId, next] = await Promise.all([
    workspace.putEnvironment(environment.name, environment.version, image),
    workspace.nextModelVersion(run.model),
  ]);
  const { run: prepared } = await moveRun(stores, { kind: "prepare", run, codeSha256: snapshot.sha256, next });
  return { prepared, parts: { code: snapshot.sha256, environmentId, computeId: workspace.computeId(compute) } };
}

async function tellStart(runner: Runner, run: Run, { studioUrl }: JobView): Promise<void> {
  const { model, runId, version, dataset, reason, definitionVersion, attempt = 1 } = run;
  const warmStart = run.warmStart?.version ?? null;
  const batches = dataset ? await listedBatches(runner.stores, model, dataset) : (run.batches ?? []);
  const rows = dataset && (await readDataset(runner.stores, model, dataset)).rows;
  const data = { batches: batches.slice(-mostBatchesNamed), dataset, ...(rows ? { rows } : {}) };
  const lineage = { model, runId, version, ...data, reason, definitionVersion, warmStart };
  const more = { ...(studioUrl === undefined ? {} : { studioUrl }), ...(attempt === 1 ? {} : { attempt }) };
  await voiceOf(runner, run).publish(trainingStarted, { ...lineage, ...more });
}

/**
 * Submits the job of a claimed run to Azure ML: code, data, environment, then the job. Every step finds what an earlier
 * delivery has done already, so that done again from anywhere it ends with the one job.
 * @returns the run as it is then, and its job; none where the run was cancelled or its claim given up meanwhile.
 * @throws {NoTrainingCodeError} when the project has no file in its `training.code`.
 * @throws {FormerClaimError} when the claim does not say what is to be trained on.
 * @throws {MissingBlobError} when a file of the project is not there.
 * @throws {RestError} when the workspace refuses.
 */
export async function submitJob(
  runner: Runner,
  applied: AppliedDefinition,
  run: Run,
): Promise<{ readonly prepared: Run; readonly job: JobView | undefined }> {
  const dataset = datasetOf(run);
  const { prepared, parts } = await prepare(runner, applied, run);
  const isWanted = prepared.cancelRequestedAt === undefined && (await holdsSlot(runner.stores, run));
  if (!isWanted) return { prepared, job: undefined };
  const job = await runner.workspace.putJob(
    run.runId,
    jobSpecification({ ...prepared, dataset }, applied.definition, parts),
  );
  return { prepared, job };
}

/**
 * Says that a run was submitted, and writes it down. A job whose claim was given up meanwhile, or whose run has ended
 * without it, is cancelled: no other runs beside the one that holds the slot.
 * @returns the run as it is then.
 * @throws {MissingDatasetError} when the description of its data is not there.
 */
export async function noteSubmission(
  runner: Runner,
  run: Run,
  job: JobView,
  { now, log }: Pick<Delivery, "now" | "log">,
): Promise<Run> {
  const { stores, workspace } = runner;
  const { running } = await readSlot(stores, run.model);
  if (running?.runId !== run.runId) {
    log.warn("the claim was given up while its job was submitted; cancelling the job");
    await workspace.cancel(run.runId);
    return run;
  }
  // The run was claimed anew meanwhile: whoever did that goes on with the job.
  if (!holds({ running }, run)) return run;
  await tellStart(runner, run, job);
  const { run: submitted } = await moveRun(stores, { kind: "submit", run, at: now.toISOString() });
  if (hasEnded(submitted)) await workspace.cancel(run.runId);
  const { version, dataset, warmStart } = submitted;
  log.info("submitted", { version, batches: dataset?.batches, warmStart: warmStart?.version ?? null });
  return submitted;
}
