import { paths } from "@ratchet/contracts";
import type { Stores } from "../stores.ts";

/** What a run has left in the container `runs`. */
export interface RunOutput {
  readonly hasModel: boolean;
  /** Whether the run wrote the file `trigger` beside its model. */
  readonly votedToDeploy: boolean;
  /** The last of what the command printed; empty where it cannot be read. */
  readonly log: string;
}

/** When the run's command wrote `_DONE.json`; undefined as long as it has not. */
export async function doneAt(stores: Stores, runId: string): Promise<Date | undefined> {
  return (await stores.blobs("runs").find(paths.runDone(runId)))?.lastModified;
}

async function logOf(stores: Stores, runId: string): Promise<string> {
  const log = await stores.blobs("runs").read(paths.runLog(runId));
  return log?.content.toString("utf8") ?? "";
}

export async function readOutput(stores: Stores, runId: string): Promise<RunOutput> {
  const runs = stores.blobs("runs");
  const [model, trigger, log] = await Promise.all([
    runs.find(paths.runModel(runId)),
    runs.find(paths.runTrigger(runId)),
    logOf(stores, runId),
  ]);
  return { hasModel: model !== undefined, votedToDeploy: trigger !== undefined, log };
}
