import type { HttpResponseInit } from "@azure/functions";
import { checkRun } from "@ratchet/contracts";
import type { Log } from "@ratchet/messaging";
import { modelOfRun } from "./run-signal.ts";
import type { Runner } from "./runner.ts";
import { hasEnded, readRun, updateRun } from "./stores.ts";

const firstLook = 5000;

const refusal = (status: number, code: string, message: string): HttpResponseInit => ({
  status,
  jsonBody: { error: { code, message } },
});

/** Answers `POST /api/runs/{runId}/cancel`: asks Azure ML to stop the job. That it has stopped is learned as any end. */
export async function cancelRun(
  runner: Runner,
  runId: string,
  requestId: string,
  now: Date,
  log: Log,
): Promise<HttpResponseInit> {
  const model = modelOfRun(runId);
  const run = model === undefined ? undefined : await readRun(runner.stores, model, runId);
  if (model === undefined || !run) return refusal(404, "unknown-run", `there is no run ${runId}`);
  if (hasEnded(run)) return refusal(409, "run-ended", `${runId} has ended as ${run.status} at ${run.endedAt}`);
  if (!(await runner.workspace.job(runId)))
    return refusal(409, "not-submitted", `${runId} is about to be submitted; ask again in a minute`);
  await updateRun(runner.stores, run, { cancelRequestedAt: now.toISOString() });
  await runner.workspace.cancel(runId);
  const outbox = runner.outbox({ cause: `cancel/${runId}/${requestId}` });
  await outbox.send(checkRun, { model, runId, look: 1 }, { notBefore: new Date(now.getTime() + firstLook) });
  log.info(`asked to cancel ${runId}`);
  return { status: 202, jsonBody: { runId, model, status: "cancel-requested" } };
}
