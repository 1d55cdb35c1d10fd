import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { TokenCredential } from "@azure/identity";
import { type BlobLocation, downloadFile, downloadFolder, uploadFolders } from "../storage/blob-folder.ts";
import type { Resource } from "../workspace.ts";
import { substitute } from "./command.ts";
import { freePort, type JobProcess, loopbackOnly, processesOf } from "./distribution.ts";
import type { JobInput, JobProperties } from "./job.ts";
import { type JobLog, openJobLog } from "./job-log.ts";
import type { CommandEnd, CommandOptions } from "./process.ts";
import { runTogether } from "./process-group.ts";

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
  const logs: JobLog[] = [];
  try {
    const processes = processesOf(job.properties, job.properties.distribution ? await freePort() : 0);
    const { artifacts, credential } = context;
    for (const { log } of processes) logs.push(await openJobLog(below(artifacts, `user_logs/${log}`), credential));
    try {
      return await runLogged(job, context, signal, processes, logs);
    } finally {
      await Promise.all(logs.map((log) => log.close()));
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
  processes: readonly JobProcess[],
  logs: readonly JobLog[],
): Promise<JobEnd> {
  const { credential, scratch } = context;
  const folders = await instanceFolders(processes, context, signal);
  const inputs = await bind(job.properties.inputs, (input, name) => mountInput(input, name, context, signal));
  const outputs = await bind(job.properties.outputs, (_output, name) => makeFolder(join(scratch, "outputs", name)));
  const command = substitute(job.properties.command, { inputs, outputs });

  const running = processes.map((process, index) => prepare(process, command, folders, context, logs[index]));
  const failure = await runTogether(running, signal);
  if (signal.reason === ("shutdown" satisfies StopReason)) return failed("Stopped", "The workspace was shut down.");

  context.onFinalizing();
  const own = folders.flatMap((folder) =>
    ["outputs", "logs"].map((name) => ({ folder: join(folder, name), to: below(context.artifacts, name) })),
  );
  const declared = Object.entries(outputs).map(([name, path]) => ({ folder: path, to: context.outputLocation(name) }));
  await uploadFolders([...own, ...declared], { credential });
  const ran = failure && running[failure.index];
  return stopped(job, signal) ?? (ran ? failedBy(ran, failure.end) : { status: "Completed" });
}

/** The working folder of each instance, with the code in it: instances are machines, and share none. */
async function instanceFolders(
  processes: readonly JobProcess[],
  { scratch, code, credential }: RunContext,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const instances = [...new Set(processes.map(({ instance }) => instance))];
  const prepared = instances.map(async (instance) => {
    const folder = await makeFolder(join(scratch, instance === 0 ? "wd" : `wd-${instance}`));
    if (code) await downloadFolder(code, folder, { credential, signal });
    return folder;
  });
  return Promise.all(prepared);
}

interface PreparedProcess extends Omit<CommandOptions, "signal"> {
  readonly rank: number | undefined;
  readonly lastLines: { readonly stdout: string[]; readonly stderr: string[] };
}

function prepare(
  { rank, instance, environment }: JobProcess,
  command: string,
  folders: readonly string[],
  context: RunContext,
  log: JobLog | undefined,
): PreparedProcess {
  const lastLines = { stdout: [] as string[], stderr: [] as string[] };
  return {
    command,
    rank,
    lastLines,
    folder: folders[instance] ?? context.scratch,
    environment:
      rank === undefined ? context.environment : { ...loopbackOnly(), ...context.environment, ...environment },
    graceMs: context.graceMs,
    onLine(line, stream) {
      log?.write(line);
      context.onLine(rank === undefined ? line : `rank ${rank}: ${line}`);
      if (lastLines[stream].push(line) > lastLinesKept) lastLines[stream].shift();
    },
  };
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

function failedBy({ rank, lastLines: { stdout, stderr } }: PreparedProcess, { exitCode, signal }: CommandEnd): JobEnd {
  const who = rank === undefined ? "The command" : `The process of rank ${rank}`;
  const how = signal ? `was killed by ${signal}` : `ended with exit code ${exitCode}`;
  // A command that pipes its errors through something else has them in its ordinary output.
  const lines = stderr.length > 0 ? stderr : stdout;
  const said = lines.length > 0 ? `Its last lines of output:\n${lines.join("\n")}` : "It wrote nothing.";
  return failed("UserError", `${who} ${how}. ${said}`);
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
