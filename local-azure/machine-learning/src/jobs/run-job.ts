import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { TokenCredential } from "@azure/identity";
import { type BlobLocation, downloadFile, downloadFolder, uploadFolders } from "../storage/blob-folder.ts";
import type { Resource } from "../workspace.ts";
import { substitute } from "./command.ts";
import type { JobInput, JobProperties } from "./job.ts";
import { type JobLog, openJobLog } from "./job-log.ts";
import { type CommandEnd, runCommand } from "./process.ts";

/** Why a running job is stopped; the reason that its signal is aborted with. */
export type StopReason = "cancel" | "timeout" | "shutdown";

export type JobEnd =
  | { readonly status: "Completed" }
  | { readonly status: "Failed"; readonly code: string; readonly message: string }
  | { readonly status: "Canceled"; readonly code: string; readonly message: string };

/** What a run needs of the workspace around it. */
interface RunContext {
  readonly credential: TokenCredential;
  /** An empty folder of the run's own; gone when the run has ended. */
  readonly scratch: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly graceMs: number;
  readonly code: BlobLocation | undefined;
  /** `ExperimentRun/dcid.<job>` in the workspace's artifact store. */
  readonly artifacts: BlobLocation;
  locate(uri: string): BlobLocation;
  outputLocation(output: string): BlobLocation;
  onLine(line: string): void;
  onFinalizing(): void;
}

const lastLinesKept = 20;

/** Runs a command job from its inputs to its uploaded outputs; whatever goes wrong is an end, never a throw. */
export async function runJob(job: Resource<JobProperties>, context: RunContext, signal: AbortSignal): Promise<JobEnd> {
  try {
    const log = await openJobLog(below(context.artifacts, "user_logs/std_log.txt"), context.credential);
    try {
      return await runLogged(job, context, signal, log);
    } finally {
      await log.close();
    }
  } catch (error) {
    return stopped(job, signal) ?? failed("UserError", error instanceof Error ? error.message : String(error));
  } finally {
    await rm(context.scratch, { recursive: true, force: true });
  }
}

async function runLogged(
  job: Resource<JobProperties>,
  context: RunContext,
  signal: AbortSignal,
  log: JobLog,
): Promise<JobEnd> {
  const { credential, scratch } = context;
  const folder = join(scratch, "wd");
  await mkdir(folder, { recursive: true });
  if (context.code) await downloadFolder(context.code, folder, { credential, signal });
  const inputs = await bind(job.properties.inputs, (input, name) => mountInput(input, name, context, signal));
  const outputs = await bind(job.properties.outputs, (_output, name) => makeFolder(join(scratch, "outputs", name)));

  const lastLines = { stdout: [] as string[], stderr: [] as string[] };
  const end = await runCommand({
    command: substitute(job.properties.command, { inputs, outputs }),
    folder,
    environment: context.environment,
    signal,
    graceMs: context.graceMs,
    onLine(line, stream) {
      log.write(line);
      context.onLine(line);
      if (lastLines[stream].push(line) > lastLinesKept) lastLines[stream].shift();
    },
  });
  if (signal.reason === ("shutdown" satisfies StopReason)) return failed("Stopped", "The workspace was shut down.");

  context.onFinalizing();
  const own = ["outputs", "logs"].map((name) => ({ folder: join(folder, name), to: below(context.artifacts, name) }));
  const declared = Object.entries(outputs).map(([name, path]) => ({ folder: path, to: context.outputLocation(name) }));
  await uploadFolders([...own, ...declared], { credential });
  return stopped(job, signal) ?? ended(end, lastLines);
}

/** Gives the command an input as Azure would: a path for what is mounted or downloaded, the text itself otherwise. */
async function mountInput(
  input: JobInput,
  name: string,
  { credential, scratch, locate }: RunContext,
  signal: AbortSignal,
): Promise<string> {
  if (input.uri === undefined) return input.value ?? "";
  if (input.mode === "Direct") return input.uri;
  const from = locate(input.uri);
  const path = join(scratch, "inputs", name);
  if (input.jobInputType === "uri_file") {
    const file = join(path, basename(from.path));
    await downloadFile(from, file, { credential, signal });
    return file;
  }
  if ((await downloadFolder(from, path, { credential, signal })) === 0) {
    throw new Error(`The input '${name}' has nothing at ${input.uri}.`);
  }
  return path;
}

function ended(
  { exitCode, signal }: CommandEnd,
  { stdout, stderr }: { readonly stdout: readonly string[]; readonly stderr: readonly string[] },
): JobEnd {
  if (exitCode === 0) return { status: "Completed" };
  const how = signal ? `was killed by ${signal}` : `ended with exit code ${exitCode}`;
  // A command that pipes its errors through something else has them in its ordinary output.
  const lines = stderr.length > 0 ? stderr : stdout;
  const said = lines.length > 0 ? `Its last lines of output:\n${lines.join("\n")}` : "It wrote nothing.";
  return failed("UserError", `The command ${how}. ${said}`);
}

function stopped(job: Resource<JobProperties>, signal: AbortSignal): JobEnd | undefined {
  if (!signal.aborted) return undefined;
  if (signal.reason !== ("timeout" satisfies StopReason)) {
    return { status: "Canceled", code: "Canceled", message: "The job was canceled on request." };
  }
  const limit = job.properties.limits?.timeout;
  const message = `The job ran longer than its limit of ${limit} and was canceled.`;
  return { status: "Canceled", code: "JobTimedOut", message };
}

function failed(code: string, message: string): JobEnd {
  return { status: "Failed", code, message };
}

function below(location: BlobLocation, path: string): BlobLocation {
  return { ...location, path: `${location.path}/${path}` };
}

async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}

async function bind<Value>(
  values: Readonly<Record<string, Value>>,
  path: (value: Value, name: string) => Promise<string>,
): Promise<Record<string, string>> {
  const bound = Object.entries(values).map(async ([name, value]) => [name, await path(value, name)] as const);
  return Object.fromEntries(await Promise.all(bound));
}
