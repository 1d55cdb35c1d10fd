import type { HttpResponseInit } from "@azure/functions";
import { type Invocation, refused } from "@ratchet/messaging";
import { lookAgain } from "../run/looks.ts";
import { hasEnded } from "../run/run-events.ts";
import type { Runner } from "../runner.ts";
import { holdsSlot, moveRun, readRun } from "../stores.ts";

const lookAfter = 5000;

/**
 * Answers `POST /api/runs/{runId}/cancel`: writes the wish down, which stands until the run has ended, and asks Azure ML to
 * stop the job. A run without a job yet does not get one. That it has stopped is learned as any end.
 */
export async function cancelRun(
  runner: Runner,
  runId: string,
  { id, now, log }: Invocation,
): Promise<HttpResponseInit> {
  const { stores, workspace } = runner;
  const run = await readRun(stores, runId);
  if (!run) return refused(404, "unknown-run", `there is no run ${runId}`);
  if (hasEnded(run)) return refused(409, "run-ended", `${runId} has ended as ${run.status} at ${run.endedAt}`);
  const { model } = run;
  if (run.status === "claimed" && !(await holdsSlot(stores, run)))
    return refused(409, "claim-given-up", `${runId} does not run; what it was for waits in the slot of ${model}`);
  const { run: asked } = await moveRun(stores, { kind: "request-cancel", run, at: now.toISOString() });
  if (await workspace.job(runId)) await workspace.cancel(runId);
  await lookAgain(runner, asked, { by: `cancel/${id}` }, { now, until: new Date(now.getTime() + lookAfter) });
  log.with({ model, run: runId }).info("asked to cancel");
  return { status: 202, jsonBody: { runId, model, status: "cancel-requested" } };
}
