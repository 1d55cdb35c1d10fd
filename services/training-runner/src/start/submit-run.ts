import { type AppliedDefinition, checkRun, type Run, trainingStarted } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { type JobView, pace } from "../end/conclude.ts";
import type { Runner } from "../runner.ts";
import { moveRun } from "../stores.ts";
import { planSnapshot } from "./code-snapshot.ts";
import { environmentOf, jobSpecification } from "./job-specification.ts";
import { putSnapshot, putTrainingData } from "./run-input.ts";

/** Puts code, data and environment in place, then the job. */
async function putJob({ stores, workspace }: Runner, applied: AppliedDefinition, run: Run): Promise<JobView> {
  const { definition } = applied;
  const { environment: image, compute } = definition.training;
  const snapshot = planSnapshot(applied);
  const environment = environmentOf(image);
  const [codeUri] = await Promise.all([putSnapshot(stores, snapshot), putTrainingData(stores, run)]);
  const [codeId, environmentId] = await Promise.all([
    workspace.putCode(`ratchet-${run.model}`, snapshot.sha256, codeUri),
    workspace.putEnvironment(environment.name, environment.version, image),
  ]);
  await moveRun(stores, { kind: "prepare", run, codeSha256: snapshot.sha256 });
  const parts = { codeId, environmentId, computeId: workspace.computeId(compute) };
  return workspace.putJob(run.runId, jobSpecification(run, definition, parts));
}

/**
 * Submits a claimed run to Azure ML: code, data, environment, then the job. Every step finds what an earlier delivery has
 * done already, so that done again from anywhere it ends with the one job.
 * @throws {NoTrainingCodeError} when the project has no file in its `training.code`.
 * @throws {MissingBlobError} when a file of the project or a batch's rows are not there.
 * @throws {RestError} when the workspace refuses.
 */
export async function submitRun(
  runner: Runner,
  applied: AppliedDefinition,
  run: Run,
  { now, log, outbox }: Delivery,
): Promise<void> {
  const { model, runId, version, batches, reason, definitionVersion } = run;
  // The first look goes out before the job: should this process end here, it finds out.
  await outbox.send(checkRun, { model, runId, look: 1 }, { notBefore: new Date(now.getTime() + pace(0)) });
  const { studioUrl } = (await runner.workspace.job(runId)) ?? (await putJob(runner, applied, run));
  await moveRun(runner.stores, { kind: "submit", run, at: now.toISOString() });
  const warmStart = run.warmStart?.version ?? null;
  const studio = studioUrl === undefined ? {} : { studioUrl };
  const started = { model, runId, version, batches, reason, definitionVersion, warmStart, ...studio };
  await outbox.publish(trainingStarted, started);
  log.info("submitted", { version, batches: batches.length, warmStart });
}
