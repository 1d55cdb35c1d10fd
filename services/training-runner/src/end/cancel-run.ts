import type { HttpResponseInit } from "@azure/functions";
import { checkRun } from "@ratchet/contracts";
import { type Invocation, refused } from "@ratchet/messaging";
import { hasEnded } from "../run.ts";
import type { Runner } from "../runner.ts";
import { moveRun, readRun } from "../stores.ts";

const firstLook = 5000;

/** Answers `POST /api/runs/{runId}/cancel`: asks Azure ML to stop the job. That it has stopped is learned as any end. */
export async function cancelRun(
  runner: Runner,
  runId: string,
  { id, now, log }: Invocation,
): Promise<HttpResponseInit> {
  const run = await readRun(runner.stores, runId);
  if (!run) return refused(404, "unknown-run", `there is no run ${runId}`);
  if (hasEnded(run)) return refused(409, "run-ended", `${runId} has ended as ${run.status} at ${run.endedAt}`);
  if (!(await runner.workspace.job(runId)))
    return refused(409, "not-submitted", `${runId} is about to be submitted; ask again in a minute`);
  await moveRun(runner.stores, { kind: "request-cancel", run, at: now.toISOString() });
  await runner.workspace.cancel(runId);
  const { model } = run;
  const outbox = runner.outbox({ cause: `cancel/${runId}/${id}` });
  await outbox.send(checkRun, { model, runId, look: 1 }, { notBefore: new Date(now.getTime() + firstLook) });
  log.with({ model, run: runId }).info("asked to cancel");
  return { status: 202, jsonBody: { runId, model, status: "cancel-requested" } };
}
