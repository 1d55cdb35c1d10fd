import { type AppliedDefinition, checkRun, paths, type Run, trainingStarted } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { type CodeSnapshot, planSnapshot } from "./code-snapshot.ts";
import { pace } from "./conclude.ts";
import { copyBlobs, namesBelow } from "./copy-blobs.ts";
import { environmentOf, jobSpecification } from "./job-specification.ts";
import type { Runner } from "./runner.ts";
import { type Stores, updateRun } from "./stores.ts";

/** Puts a snapshot's files into the container `code`, under its digest, unless they are there. @returns its URL. */
async function putSnapshot({ code, definitions }: Stores, { sha256, files }: CodeSnapshot): Promise<string> {
  const folder = paths.codeSnapshot(sha256);
  const there = await namesBelow(code, folder);
  const missing = files.filter(({ path }) => !there.has(path));
  const target = (path: string) => code.getBlockBlobClient(`${folder}/${path}`);
  await copyBlobs(
    missing.flatMap((file) =>
      "copyOf" in file ? [{ from: definitions.getBlobClient(file.copyOf), to: target(file.path) }] : [],
    ),
  );
  for (const file of missing)
    if ("text" in file) await target(file.path).upload(file.text, Buffer.byteLength(file.text));
  return `${code.url}/${folder}`;
}

/** Lays the batches' training rows out as the run's input. */
const putTrainingData = ({ batches, runs }: Stores, { model, runId, batches: ids }: Run): Promise<void> =>
  copyBlobs(
    ids.map((batch) => ({
      from: batches.getBlobClient(paths.batchTrain(model, batch)),
      to: runs.getBlobClient(paths.runTrain(runId, batch)),
    })),
  );

/**
 * Submits a claimed run to Azure ML: code, data, environment, then the job. Every step finds what an earlier delivery has
 * done already, so that done again from anywhere it ends with the one job.
 * @throws {NoTrainingCodeError} {MissingBlobError} and whatever the workspace refuses.
 */
export async function submitRun(
  { stores, workspace }: Runner,
  applied: AppliedDefinition,
  run: Run,
  { now, log, outbox }: Delivery,
): Promise<void> {
  const { model, runId, version, batches, warmStart, reason, definitionVersion } = run;
  // The first look goes out before the job: should this process end here, it finds out.
  await outbox.send(checkRun, { model, runId, look: 1 }, { notBefore: new Date(now.getTime() + pace(0)) });

  let job = await workspace.job(runId);
  if (!job) {
    const { definition } = applied;
    const snapshot = planSnapshot(applied);
    const environment = environmentOf(definition.training.environment);
    const [codeUri] = await Promise.all([putSnapshot(stores, snapshot), putTrainingData(stores, run)]);
    const [codeId, environmentId] = await Promise.all([
      workspace.putCode(`ratchet-${model}`, snapshot.sha256, codeUri),
      workspace.putEnvironment(environment.name, environment.version, definition.training.environment),
    ]);
    await updateRun(stores, run, { codeSha256: snapshot.sha256 });
    const computeId = workspace.computeId(definition.training.compute);
    job = await workspace.putJob(runId, jobSpecification(run, definition, { codeId, environmentId, computeId }));
  }
  const submitted = { status: "submitted", submittedAt: run.submittedAt ?? now.toISOString() } as const;
  await updateRun(stores, run, submitted);
  const studio = job.studioUrl === undefined ? {} : { studioUrl: job.studioUrl };
  const started = { model, runId, version, batches, reason, definitionVersion };
  await outbox.publish(trainingStarted, { ...started, warmStart: warmStart?.version ?? null, ...studio });
  log.info(`submitted ${runId}`, { version, batches: batches.length, warmStart: warmStart?.version ?? null });
}
