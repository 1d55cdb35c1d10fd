import { paths, run } from "@ratchet/contracts";
import { type Invocation, type Sweep, sayStuck, sweepOncePerPeriod } from "@ratchet/messaging";
import { isOver } from "../gateways/job-status.ts";
import { modelOfRun } from "../run/run.ts";
import { hasEnded } from "../run/run-events.ts";
import type { Runner } from "../runner.ts";
import { moveSlot, openTrainings, readSlot } from "../stores.ts";

/** How often the jobs of the workspace are held against the slots, in milliseconds. */
export const jobsSweptEvery = 600_000;

/** What is said of a job that runs beside the slots, by how its run has ended, if it has. */
const strayWords = (endedAs: string | undefined) =>
  endedAs === undefined
    ? {
        reason: "its job runs in the workspace and no slot knows of it: nothing will come of it",
        remedy: "cancel the job in Azure ML studio; `ratchet train <model>` trains on what the model has",
      }
    : {
        reason: `its job still runs though the run has ended as ${endedAs}`,
        remedy: "it was told to stop; should it not, cancel or delete it in Azure ML studio",
      };

/** Holds one job that has not ended against the slot of its model. */
async function sweepJob({ stores, workspace, outbox }: Runner, runId: string, { now, log }: Sweep): Promise<void> {
  const model = modelOfRun(runId);
  if (model === undefined) return;
  const { running } = await readSlot(stores, model);
  // Known: looked after by its own looks and, as long as it is marked, by the other sweep.
  if (running?.runId === runId) return openTrainings(stores).mark(model);
  // A slot is freed when its job has ended: then it has, since the jobs were listed.
  const job = await workspace.job(runId);
  if (!job || isOver(job.status)) return;
  const record = await stores.documents("training").read(paths.run(model, runId), run);
  const endedAs = record && hasEnded(record.value) ? record.value.status : undefined;
  if (endedAs !== undefined) await workspace.cancel(runId);
  log.warn("a job runs that no slot knows of", { model, run: runId, endedAs });

  const { after } = await moveSlot(stores, model, { kind: "see-stray", runId, at: now.toISOString() });
  const stray = after.strays?.find((one) => one.runId === runId);
  if (!stray || stray.told) return;
  const { since } = stray;
  await sayStuck(outbox, { model, process: "training", about: runId, state: "stray", since, ...strayWords(endedAs) });
  await moveSlot(stores, model, { kind: "tell-stray", runId });
}

async function* activeJobs({ workspace }: Runner): AsyncGenerator<string> {
  yield* await workspace.activeJobs();
}

/**
 * Holds the jobs of the workspace against the slots, every ten minutes whatever the number of instances. A job of Ratchet's
 * that runs though no slot knows of it is told to an operator, and cancelled where its run has ended.
 * @throws {SweepError} when a job could not be looked at, after all were.
 */
export const sweepJobs = (runner: Runner, invocation: Pick<Invocation, "now" | "log">): Promise<void> =>
  sweepOncePerPeriod(
    {
      name: "jobs",
      every: jobsSweptEvery,
      documents: runner.stores.documents("training"),
      outbox: (occasion) => runner.outbox(occasion),
    },
    invocation,
    () => activeJobs(runner),
    (runId, sweep) => sweepJob(runner, runId, sweep),
  );
