import type { BlobClient } from "@azure/storage-blob";
import { paths } from "@ratchet/contracts";
import { orUndefined } from "../gateways/status.ts";
import type { Stores } from "../stores.ts";

/** What a run has left in the container `runs`. */
export interface RunOutput {
  readonly hasModel: boolean;
  /** Whether the run wrote the file `trigger` beside its model. */
  readonly votedToDeploy: boolean;
  /** The last of what the command printed; empty where it cannot be read. */
  readonly log: string;
}

const blobOfRuns = (stores: Stores, path: string): BlobClient => stores.container("runs").getBlobClient(path);

/** When the run's command wrote `_DONE.json`; undefined as long as it has not. */
export async function doneAt(stores: Stores, runId: string): Promise<Date | undefined> {
  return (await orUndefined(blobOfRuns(stores, paths.runDone(runId)).getProperties()))?.lastModified;
}

async function logOf(stores: Stores, runId: string): Promise<string> {
  const log = await orUndefined(blobOfRuns(stores, paths.runLog(runId)).downloadToBuffer());
  return log?.toString("utf8") ?? "";
}

export async function readOutput(stores: Stores, runId: string): Promise<RunOutput> {
  const [hasModel, votedToDeploy, log] = await Promise.all([
    blobOfRuns(stores, paths.runModel(runId)).exists(),
    blobOfRuns(stores, paths.runTrigger(runId)).exists(),
    logOf(stores, runId),
  ]);
  return { hasModel, votedToDeploy, log };
}
