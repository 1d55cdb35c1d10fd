import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { paths, run } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { readDefinition, readTrainingSlot, readView } from "../model-records.ts";
import { runsIn } from "./runs.ts";

const looksEveryMs = 300;

interface LogOptions {
  /** Whether to wait for more, until the run has ended. */
  readonly follow: boolean;
  /** The folder of a local deployment: what a run prints stands there as it comes. */
  readonly folder: string;
}

/**
 * The run that is meant: one by its id, or the one of a model that is running, else its newest.
 * @throws {WrongInputError} when the model has no run yet.
 */
export async function runNamed(deployment: Deployment, name: string): Promise<string> {
  if (!(await readDefinition(deployment, name).catch(() => undefined))) return name;
  const running = (await readTrainingSlot(deployment, name))?.running?.runId;
  const view = await readView(deployment, name);
  const found = running ?? (view && runsIn(view)[0]?.runId);
  if (found === undefined)
    throw new WrongInputError(`${name} has no run yet; \`ratchet status ${name}\` says how far it is`);
  return found;
}

/** Whether a run is over, by its record; a run that nobody knows is. */
async function isOver(deployment: Deployment, runId: string): Promise<boolean> {
  const model = runId.replace(/-[^-]+$/, "");
  const stored = await deployment.documents("training").read(paths.run(model, runId), run);
  return stored?.value.status !== "claimed" && stored?.value.status !== "submitted";
}

/** What a file has after some bytes; undefined where there is no file. */
async function readFrom(path: string, from: number): Promise<Buffer | undefined> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const length = Math.max(0, size - from);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, from);
    return buffer;
  } catch {
    return undefined;
  }
}

/** The last of what a run printed, as it is kept when it has ended; undefined before. */
async function keptLog(deployment: Deployment, runId: string): Promise<Buffer | undefined> {
  for (const container of ["runs", "outputs"] as const) {
    const blob = deployment.container(container).getBlobClient(paths.runLog(runId));
    if (await blob.exists()) return blob.downloadToBuffer();
  }
  return undefined;
}

/**
 * What a run has printed; followed, as it comes, until the run has ended. On this machine from the beginning; elsewhere what
 * is kept of it, once it has ended.
 * @throws {WrongInputError} when nothing is kept of such a run.
 */
export async function* logOf(
  deployment: Deployment,
  runId: string,
  { follow, folder }: LogOptions,
): AsyncGenerator<string> {
  const path = join(folder, "logs", `job-${runId.replaceAll(/[^\w-]/g, "")}.log`);
  const decoder = new TextDecoder();
  let read = 0;
  for (;;) {
    // Looked at before the file is read: what came until then is in it.
    const over = !follow || (await isOver(deployment, runId));
    const more = deployment.local ? await readFrom(path, read) : undefined;
    if (more && more.length > 0) {
      read += more.length;
      yield decoder.decode(more, { stream: true });
    }
    if (over) break;
    await pause(looksEveryMs);
  }
  if (read > 0) return;
  const kept = await keptLog(deployment, runId);
  if (!kept) throw new WrongInputError(`nothing that run ${runId} printed is kept; \`ratchet runs\` lists the runs`);
  yield kept.toString("utf8");
}
