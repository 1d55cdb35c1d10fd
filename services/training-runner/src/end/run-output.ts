import { paths } from "@ratchet/contracts";
import { atATime } from "@ratchet/state";
import { rankLogsBegin, rankOf } from "../start/distribution.ts";
import type { Stores } from "../stores.ts";

/** What a process beside rank 0 has left that failed. */
interface FailedRank {
  readonly rank: number;
  /** The last of what it printed. */
  readonly log: string;
}

/** What a run has left. */
export interface RunOutput {
  readonly hasModel: boolean;
  /** Whether the run wrote the file `trigger` beside its model. */
  readonly votedToDeploy: boolean;
  /** The last of what the command printed, on several processes that of rank 0; empty where it cannot be read. */
  readonly log: string;
  /** The first to fail of the others. */
  readonly failedRank?: FailedRank | undefined;
}

/** When the run's command wrote `_DONE.json`; undefined as long as it has not. */
export async function doneAt(stores: Stores, runId: string): Promise<Date | undefined> {
  return (await stores.blobs("outputs").find(paths.runDone(runId)))?.lastModified;
}

const copiesAtATime = 8;

/**
 * Takes over what a run has written, once its job has ended: from then on no job can change it, neither its own nor another's, as
 * all of them run as one identity. What was taken over before stays.
 */
export async function takeOver(stores: Stores, runId: string): Promise<void> {
  const outputs = stores.blobs("outputs");
  const written = await Array.fromAsync(outputs.list(paths.runFolder(runId)));
  await atATime(copiesAtATime, written, ({ path }) => stores.blobs("runs").copyFrom(outputs, path, path));
}

async function logOf(stores: Stores, runId: string): Promise<string> {
  const log = await stores.blobs("runs").read(paths.runLog(runId));
  return log?.content.toString("utf8") ?? "";
}

/** Who fails first is who has something to say: the rest miss it, and fail of that. */
async function failedRankOf(stores: Stores, runId: string): Promise<FailedRank | undefined> {
  const runs = stores.blobs("runs");
  const folder = `${paths.runDoneFolder(runId)}/`;
  const left = (await Array.fromAsync(runs.list(`${folder}${rankLogsBegin}`))).flatMap(({ path, lastModified }) => {
    const rank = rankOf(path.slice(folder.length));
    return rank === undefined ? [] : [{ path, rank, at: lastModified.getTime() }];
  });
  const [first] = left.sort((a, b) => a.at - b.at || a.rank - b.rank);
  const log = first && (await runs.read(first.path));
  return log && { rank: first.rank, log: log.content.toString("utf8") };
}

/** What a run has left, of what was taken over. */
export async function readOutput(stores: Stores, runId: string): Promise<RunOutput> {
  const runs = stores.blobs("runs");
  const [model, trigger, log, failedRank] = await Promise.all([
    runs.find(paths.runModel(runId)),
    runs.find(paths.runTrigger(runId)),
    logOf(stores, runId),
    failedRankOf(stores, runId),
  ]);
  return { hasModel: model !== undefined, votedToDeploy: trigger !== undefined, log, failedRank };
}
