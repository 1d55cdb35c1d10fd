import { type ContainerClient, RestError } from "@azure/storage-blob";
import { paths } from "@ratchet/contracts";

/** What a run has left in the container `runs`. */
export interface RunOutput {
  readonly hasModel: boolean;
  /** Whether the run wrote the file `trigger` beside its model. */
  readonly votedToDeploy: boolean;
  /** The last of what the command printed; empty where it cannot be read. */
  readonly log: string;
}

const isMissing = (error: unknown) => error instanceof RestError && error.statusCode === 404;

/** When the run's command wrote `_DONE.json`; undefined as long as it has not. */
export async function doneAt(runs: ContainerClient, runId: string): Promise<Date | undefined> {
  try {
    const properties = await runs.getBlobClient(`${paths.runDoneFolder(runId)}/_DONE.json`).getProperties();
    return properties.lastModified;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function logOf(runs: ContainerClient, runId: string): Promise<string> {
  try {
    return (await runs.getBlobClient(`${paths.runDoneFolder(runId)}/output.log`).downloadToBuffer()).toString("utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}

export async function readOutput(runs: ContainerClient, runId: string): Promise<RunOutput> {
  const [hasModel, votedToDeploy, log] = await Promise.all([
    runs.getBlobClient(paths.runModel(runId)).exists(),
    runs.getBlobClient(paths.runTrigger(runId)).exists(),
    logOf(runs, runId),
  ]);
  return { hasModel, votedToDeploy, log };
}

/** The last lines of a log, few enough to stand in an event. */
export function lastLines(log: string, lines = 12, characters = 1500): string {
  const last = log.trimEnd().split("\n").slice(-lines).join("\n");
  return last.length > characters ? `…${last.slice(-characters)}` : last;
}

/** The metrics that a run has printed, each in its last value: lines such as `metric accuracy=0.971`. */
export function metricsOf(log: string): Readonly<Record<string, string>> {
  const found = log.matchAll(/^(?:\[.*?\]\s*)?metric ([A-Za-z][\w-]{0,60})=(\S{1,40})\s*$/gm);
  return Object.fromEntries([...found].map(([, name = "", value = ""]) => [name, value]));
}
