import { appSettings } from "./app-settings.ts";
import { type FunctionTable, readFunctions } from "./bindings.ts";
import { asError } from "./errors.ts";
import type { FunctionInfo } from "./function-info.ts";
import { readHostSettings } from "./host-json.ts";
import { createAdmin } from "./http/admin.ts";
import { defaultBodyLimitBytes } from "./http/body.ts";
import { createHttpTrigger } from "./http/http-trigger.ts";
import type { HostKeys } from "./http/keys.ts";
import { type RequestHandler, startHttpServer, type TlsMaterial } from "./http/server.ts";
import type { RunnableListener } from "./listener.ts";
import { createLogger, errorFields, type Logger, type LogRecord } from "./log.ts";
import { invocationTrace } from "./trace.ts";
import { createInvoker, type Invoker } from "./worker/invoke.ts";
import { loadApp } from "./worker/load-app.ts";
import { createCoreApi, createRegistry, runHooks } from "./worker/registry.ts";

export interface HostOptions {
  readonly name: string;
  /** The app's folder: holds host.json and package.json. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly port: number;
  readonly keys: HostKeys;
  readonly tls?: TlsMaterial;
  /** Folder for what has to outlive the process: timer schedules. Without it they start anew each time. */
  readonly stateFolder?: string;
  readonly writeLog: (record: LogRecord) => void;
  /** A handler ran past its time and cannot be stopped: the process has to be replaced. */
  readonly onUnhealthy: (reason: Error) => void;
}

export interface Host {
  readonly port: number;
  readonly functions: readonly FunctionInfo[];
  /** Takes no new work, waits at most `limitMs` for what is running, runs the terminate hooks. */
  drain(limitMs: number): Promise<void>;
}

/**
 * Loads an app in this process and serves it.
 * @throws {HostConfigurationError} when host.json or a setting is missing or wrong.
 * @throws {FunctionAppStartError} when the app cannot be loaded.
 * @throws {FunctionBindingError} when a function has a binding that this host cannot serve.
 */
export async function runHost(options: HostOptions): Promise<Host> {
  const settings = appSettings(options.environment);
  const host = readHostSettings(options.directory);
  const logger = createLogger(host.logLevels, options.writeLog);
  const registry = createRegistry();
  const coreApi = createCoreApi(registry, (level, category, message) =>
    logger.log({ level, message, category: category === "user" ? "Function.User" : "Worker.System" }),
  );
  await loadApp(options.directory, coreApi, registry);
  const table = readFunctions(registry.functions.values(), host, settings);
  const invoker = createInvoker({
    registry,
    logger,
    timeoutMs: host.functionTimeoutMs,
    onTimeout: options.onUnhealthy,
  });
  if (table.infos.length === 0) {
    logger.log({ category: "Host.Startup", level: "warning", message: "No functions found: the app registers none." });
  }
  for (const invocable of table.warmup) {
    await invoker
      .invoke(invocable, { data: { json: "{}" }, trace: invocationTrace(), reason: "Warmup" })
      .catch(() => undefined);
  }

  let state: "Running" | "Draining" = "Running";
  const secure = options.tls !== undefined;
  const httpUri = registry.capabilities["HttpUri"];
  const stream =
    httpUri === undefined
      ? undefined
      : (await import("./http/http-stream.ts")).createHttpStream(httpUri, invoker, secure);
  const listeners = await createListeners(table, {
    invoker,
    logger,
    stateFolder: options.stateFolder,
    capabilities: registry.capabilities,
  });
  const runnable = new Map(listeners.flatMap((listener) => [...listener.runs]));
  const admin = createAdmin({
    keys: options.keys,
    appName: options.name,
    status: () => ({ state, errors: [] }),
    functions: () => table.infos,
    run: (name, input) => runnable.get(name)?.(input),
  });
  const http = createHttpTrigger({
    functions: table.http,
    invoker,
    keys: options.keys,
    bodyLimit: defaultBodyLimitBytes,
    secure,
    ...(stream ? { stream } : {}),
  });
  const handlers: RequestHandler[] = [http, admin];
  if (table.eventGrid.length > 0) {
    const { createEventGridTrigger } = await import("./event-grid.ts");
    handlers.push(createEventGridTrigger(table.eventGrid, invoker, options.keys));
  }
  const server = await startHttpServer({
    port: options.port,
    handlers,
    ...(options.tls ? { tls: options.tls } : {}),
    onError: (error, request) =>
      logger.log({
        category: "Host.Http",
        level: "error",
        message: `${request.method} ${request.url} failed`,
        error: errorFields(asError(error)),
      }),
  });
  for (const listener of listeners) listener.start();

  const drain = async (limitMs: number): Promise<void> => {
    state = "Draining";
    const finished = Promise.all([server.close(), ...listeners.map((listener) => listener.stop()), invoker.idle()]);
    if (!(await within(finished, limitMs))) {
      logger.log({
        category: "Host.Shutdown",
        level: "warning",
        message: `${invoker.inFlight()} invocations were still running after ${limitMs} ms and are cut off.`,
      });
    }
    await runHooks(registry, "appTerminate", {
      hookData: registry.appLevelHookData,
      appHookData: registry.appHookData,
    });
  };
  return { port: server.port, functions: table.infos, drain };
}

interface ListenerOptions {
  readonly invoker: Invoker;
  readonly logger: Logger;
  readonly stateFolder: string | undefined;
  readonly capabilities: Readonly<Record<string, string>>;
}

/** Each SDK is loaded only if a function needs it. */
async function createListeners(table: FunctionTable, options: ListenerOptions): Promise<RunnableListener[]> {
  const listeners: RunnableListener[] = [];
  if (table.timers.length > 0) {
    const { createTimerListener } = await import("./timer/listener.ts");
    listeners.push(createTimerListener(table.timers, options));
  }
  if (table.serviceBus.length > 0) {
    const { createServiceBusListener } = await import("./service-bus/listener.ts");
    listeners.push(createServiceBusListener(table.serviceBus, options));
  }
  return listeners;
}

/** Whether `work` ended within the limit. Its own failure counts as an end. */
async function within(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const done = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
