import { flushCompileCache } from "node:module";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { asError } from "./errors.ts";
import { type Host, runHost } from "./host.ts";
import { errorFields, type LogRecord } from "./log.ts";
import type { FromChild, ToChild } from "./messages.ts";

// The process of one function app. It is told what to run by its parent, and ends when the parent does.

/** How long invocations beside one that timed out get before the process is replaced. */
const unhealthyGraceMs = 5_000;

/** Log lines are sent in bundles: one message per line would cost more than a small handler. */
const logIntervalMs = 20;

/** Compiled code is written once an app has had its first work, out of the way of its start. */
const compileCacheAfterMs = 1_000;

let host: Host | undefined;
let pending: LogRecord[] = [];
let flushing: NodeJS.Timeout | undefined;

function send(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send) process.send(message, () => resolve());
    else resolve();
  });
}

function flushLogs(): Promise<void> {
  clearTimeout(flushing);
  flushing = undefined;
  const records = pending;
  pending = [];
  return records.length === 0 ? Promise.resolve() : send({ kind: "logs", records });
}

function writeLog(record: LogRecord): void {
  pending.push(record);
  flushing ??= setTimeout(() => void flushLogs(), logIntervalMs);
}

async function exit(code: number): Promise<never> {
  await flushLogs();
  process.exit(code);
}

async function start(message: Extract<ToChild, { kind: "start" }>): Promise<void> {
  if (message.ca) setDefaultCACertificates([...getCACertificates("default"), message.ca]);
  try {
    host = await runHost({ ...message.options, environment: process.env, writeLog, onUnhealthy: replaceProcess });
    await send({ kind: "ready", port: host.port, functions: host.functions });
    // Not every process ends in a way that would write it.
    setTimeout(flushCompileCache, compileCacheAfterMs).unref();
  } catch (thrown) {
    const error = asError(thrown);
    await flushLogs();
    // The parent ends this process once it has read why.
    await send({ kind: "failed", errorName: error.name, message: error.message });
  }
}

let replacing: Promise<never> | undefined;

function replaceProcess(reason: Error): void {
  if (replacing) return;
  void send({ kind: "unhealthy", message: reason.message });
  replacing = (host?.drain(unhealthyGraceMs) ?? Promise.resolve()).then(
    () => exit(1),
    () => exit(1),
  );
}

/**
 * An error that nothing caught, such as one of a timer of the app or of an SDK: nobody can say what it has left
 * undone. As on Azure it is told, and the process is replaced.
 */
function onUncaught(thrown: unknown): void {
  const error = asError(thrown);
  process.stderr.write(`${error.stack ?? error.message}\n`);
  writeLog({
    time: new Date().toISOString(),
    level: "critical",
    category: "Worker.System",
    message: `Uncaught exception, the process is replaced: ${error.message}`,
    error: errorFields(error),
  });
  replaceProcess(new Error(`nobody caught ${error.name}: ${error.message}`));
}

process.on("uncaughtException", onUncaught);
process.on("message", (message: ToChild) => {
  if (message.kind === "start") void start(message);
  else void (host?.drain(message.limitMs) ?? Promise.resolve()).finally(() => exit(0));
});
// Without its parent nobody can reach or stop this process.
process.on("disconnect", () => process.exit(1));
