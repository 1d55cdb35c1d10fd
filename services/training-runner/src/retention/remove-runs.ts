import type { Log } from "@ratchet/messaging";
import type { BlobInfo } from "@ratchet/state";
import { modelOfRun } from "../run/run.ts";
import { isConcluded } from "../run/run-events.ts";
import { readRun, type Stores } from "../stores.ts";
import { neededRuns } from "./needed-runs.ts";

/** What a run has left. */
interface Output {
  readonly runId: string;
  readonly blobs: readonly BlobInfo[];
}

/** What each run of a model has left, of those that have written nothing since. */
async function* outputsBefore(
  stores: Stores,
  container: "outputs" | "runs",
  model: string,
  before: Date,
): AsyncGenerator<Output> {
  let current: { readonly runId: string; readonly blobs: BlobInfo[] } | undefined;
  const isOld = ({ blobs }: Output): boolean => blobs.every(({ lastModified }) => lastModified < before);
  for await (const blob of stores.blobs(container).list(`${model}-`)) {
    const runId = blob.path.split("/")[0] ?? "";
    // Another model's name may begin with this one's.
    if (modelOfRun(runId) !== model) continue;
    if (current && current.runId !== runId && isOld(current)) yield current;
    if (current?.runId !== runId) current = { runId, blobs: [] };
    current.blobs.push(blob);
  }
  if (current && isOld(current)) yield current;
}

/** Whether nothing is to come of a run any more: it has ended and was taken over, or is none of Ratchet's. */
async function isOver(stores: Stores, runId: string): Promise<boolean> {
  const run = await readRun(stores, runId);
  return run === undefined || isConcluded(run);
}

/** Removes what runs of a model have written that was taken over before a time. */
export async function removeOutputs(stores: Stores, model: string, before: Date): Promise<void> {
  for await (const { runId, blobs } of outputsBefore(stores, "outputs", model, before)) {
    if (!(await isOver(stores, runId))) continue;
    for (const { path, etag } of blobs) await stores.blobs("outputs").remove(path, etag);
  }
}

/**
 * Removes what the runs of a model have left that ended before a time, unless something still needs it. Their records stay.
 * @returns of how many runs.
 */
export async function removeRuns(stores: Stores, model: string, before: Date, log: Log): Promise<number> {
  const old = await Array.fromAsync(outputsBefore(stores, "runs", model, before));
  if (old.length === 0) return 0;
  const needed = await neededRuns(stores, model);
  let removed = 0;
  for (const { runId, blobs } of old) {
    if (needed.has(runId) || !(await isOver(stores, runId))) continue;
    for (const { path, etag } of blobs) await stores.blobs("runs").remove(path, etag);
    removed += 1;
  }
  if (removed > 0) log.info("removed what runs had left, as retention.runs says", { model, runs: removed });
  return removed;
}
