import type { Run } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import type { Runner } from "../runner.ts";
import { moveRun } from "../stores.ts";
import { registeredModel } from "./registered-model.ts";
import { readOutput } from "./run-output.ts";

/** How many numbers one delivery tries. The registry says which comes next, so more are only lost in races. */
const most = 20;

/**
 * Registers what a run has made as a version of its model, and gives the run with the number that the registry has for it.
 * The number is written down before it is put. Others register under the same name: what a number means is read back, and
 * where it is somebody else's the next one is tried. Done again, it ends with the one version that is the run's.
 * @throws {TransientError} when others were first with every number that was tried.
 */
export async function registerModel({ stores, workspace }: Runner, completed: Run): Promise<Run> {
  const { model, runId } = completed;
  const { log } = await readOutput(stores, runId);
  let run = completed;
  for (let tried = 0; tried < most; tried += 1) {
    const instead = run.version;
    if ((await workspace.putModel(registeredModel(run, log))) === runId) return run;
    const own = await workspace.modelVersionOf(model, runId);
    const next = Math.max(Number(instead) + 1, await workspace.nextModelVersion(model));
    run = (await moveRun(stores, { kind: "take-version", run, instead, version: own ?? String(next) })).run;
  }
  throw new TransientError(`others have registered every version of ${model} that was tried, up to ${run.version}`);
}
