import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import { fileURLToPath } from "node:url";
import { keepLastLines, startNode } from "@local-azure/processes";
import { FunctionAppStartError } from "./errors.ts";
import type { FunctionInfo } from "./function-info.ts";
import { createHostKeys, type HostKeys } from "./http/keys.ts";
import type { TlsMaterial } from "./http/server.ts";
import type { LogRecord } from "./log.ts";
import type { FromChild, ToChild } from "./messages.ts";
import { processEnvironment } from "./process-environment.ts";

export interface FunctionAppOptions {
  /** Shown in logs and on the home page. */
  readonly name: string;
  /** The app's folder: holds host.json and package.json. */
  readonly directory: string;
  /** App settings: they are the app's whole environment, besides PATH and the like. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Serve https. Without it, plain http. */
  readonly tls?: TlsMaterial;
  /** Default: a free one. */
  readonly port?: number;
  /** A further certificate authority (PEM) that the app trusts. */
  readonly ca?: string;
  /** Default: new random ones. */
  readonly keys?: HostKeys;
  /** Folder for timer schedules; without it a schedule starts anew with the process. */
  readonly stateFolder?: string;
  /** Milliseconds an app may take to load. Default 60 000. */
  readonly startTimeoutMs?: number;
  readonly onLog?: (record: LogRecord) => void;
}

/** How an app's process ended. */
export interface FunctionAppExit {
  /** Whether it was asked to end. */
  readonly expected: boolean;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it gave up, if it said so. */
  readonly reason: string | undefined;
}

export interface FunctionApp {
  readonly name: string;
  readonly endpoint: string;
  readonly port: number;
  readonly pid: number;
  readonly functions: readonly FunctionInfo[];
  readonly keys: HostKeys;
  readonly state: "running" | "draining" | "exited";
  /** The last lines that the app has printed, oldest first; all of them once `exited` has resolved. */
  output(): readonly string[];
  /** Resolves when the process has ended, whatever the reason. */
  readonly exited: Promise<FunctionAppExit>;
  /** Resolves with the reason when the app has given itself up: it finishes what it can and ends soon. */
  readonly unhealthy: Promise<string>;
  /** Takes no new work, waits at most `limitMs` (default 30 000) for what is running, then ends. */
  drain(limitMs?: number): Promise<void>;
  /** Ends the app at once. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const childProgram = fileURLToPath(new URL("./child.ts", import.meta.url));
const defaultStartTimeoutMs = 60_000;
const defaultDrainMs = 30_000;
/** What a process gets beyond its drain limit to run hooks and exit, before it is killed. */
const exitGraceMs = 5_000;
/** How long the last of its output is waited for, should somebody outside its process group hold it open. */
const lastOutputMs = 1_000;

/**
 * Starts a function app in a process of its own and waits until it serves.
 * @throws {FunctionAppStartError} when the app cannot be loaded or its process ends.
 */
export async function startFunctionApp(options: FunctionAppOptions): Promise<FunctionApp> {
  const directory = resolvePath(options.directory);
  if (!existsSync(directory)) {
    throw new FunctionAppStartError(`Function app "${options.name}" did not start. There is no folder ${directory}.`);
  }
  const keys = options.keys ?? createHostKeys();
  const child = startNode(childProgram, {
    cwd: directory,
    environment: processEnvironment(options.settings ?? {}),
    serialization: "advanced",
  });
  const onLog = options.onLog ?? (() => undefined);
  // What the app prints becomes log lines.
  const lastLines = keepLastLines([child.stdout, child.stderr], (message, stream) =>
    onLog({
      time: new Date().toISOString(),
      level: stream === 0 ? "information" : "error",
      category: "Worker.Console",
      message,
    }),
  );

  let state: FunctionApp["state"] = "running";
  let reason: string | undefined;
  const unhealthy = Promise.withResolvers<string>();
  const exited = new Promise<FunctionAppExit>((resolve) => {
    child.once("exit", (code, signal) => {
      const expected = state === "draining";
      state = "exited";
      // What it said last may still be on its way.
      const resolveAsItIs = () => resolve({ expected, code, signal, reason });
      const late = setTimeout(resolveAsItIs, lastOutputMs);
      child.once("close", () => {
        clearTimeout(late);
        resolveAsItIs();
      });
    });
  });
  child.on("message", (message: FromChild) => {
    if (message.kind === "logs") for (const record of message.records) onLog(record);
    if (message.kind !== "unhealthy") return;
    reason = message.message;
    unhealthy.resolve(reason);
  });
  const post = (message: ToChild): void => {
    if (child.connected) child.send(message, () => undefined);
  };

  const started = whenReady(child, options, lastLines);
  post({
    kind: "start",
    ...(options.ca ? { ca: options.ca } : {}),
    options: {
      name: options.name,
      directory,
      keys,
      port: options.port ?? 0,
      ...(options.tls ? { tls: options.tls } : {}),
      ...(options.stateFolder ? { stateFolder: resolvePath(options.stateFolder) } : {}),
    },
  });
  const ready = await started;

  const close = async (): Promise<void> => {
    if (state === "exited") return;
    state = "draining";
    child.kill("SIGKILL");
    await exited;
  };
  const drain = async (limitMs = defaultDrainMs): Promise<void> => {
    if (state === "running") {
      state = "draining";
      post({ kind: "drain", limitMs });
      const timer = setTimeout(() => child.kill("SIGKILL"), limitMs + exitGraceMs);
      await exited;
      clearTimeout(timer);
    }
    await exited;
  };
  return {
    name: options.name,
    endpoint: options.tls ? `https://localhost:${ready.port}` : `http://127.0.0.1:${ready.port}`,
    port: ready.port,
    pid: child.pid ?? -1,
    functions: ready.functions,
    keys,
    get state() {
      return state;
    },
    output: lastLines,
    exited,
    unhealthy: unhealthy.promise,
    drain,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function whenReady(
  child: ChildProcess,
  options: FunctionAppOptions,
  lastLines: () => readonly string[],
): Promise<Extract<FromChild, { kind: "ready" }>> {
  const limit = options.startTimeoutMs ?? defaultStartTimeoutMs;
  const ending = new AbortController();
  const { signal } = ending;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (message: string, killedBy?: string): void =>
        reject(
          new FunctionAppStartError(`Function app "${options.name}" did not start. ${message}`, {
            output: lastLines(),
            killedBy,
          }),
        );
      const onMessage = (message: FromChild): void => {
        if (message.kind === "ready") resolve(message);
        if (message.kind === "failed" || message.kind === "unhealthy") fail(message.message);
      };
      const onExit = (code: number | null, killed: string | null): void =>
        fail(`Its process ended with ${killed ?? `code ${code}`}.`, killed ?? undefined);
      const onError = (error: Error): void => fail(error.message);
      const timer = setTimeout(() => fail(`It was not ready within ${limit} ms.`), limit);
      child.on("message", onMessage).on("close", onExit).on("error", onError);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        child.off("message", onMessage).off("close", onExit).off("error", onError);
      });
    });
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    ending.abort();
  }
}
