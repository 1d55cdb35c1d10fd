import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HostConfigurationError } from "./errors.ts";
import { type LogLevel, logLevels } from "./log.ts";
import { timespanMs } from "./timespan.ts";

/** `extensions.serviceBus`, with the defaults of the Service Bus extension 5.x. Durations in milliseconds. */
export interface ServiceBusSettings {
  readonly prefetchCount: number;
  readonly autoCompleteMessages: boolean;
  readonly maxAutoLockRenewalMs: number;
  readonly maxConcurrentCalls: number;
  readonly maxConcurrentSessions: number;
  readonly maxConcurrentCallsPerSession: number;
  readonly sessionIdleTimeoutMs: number;
  readonly maxMessageBatchSize: number;
  readonly minMessageBatchSize: number;
  readonly maxBatchWaitMs: number;
  readonly retry: {
    readonly maxRetries: number;
    readonly delayMs: number;
    readonly maxDelayMs: number;
    readonly tryTimeoutMs: number;
  };
}

export interface HostSettings {
  readonly version: string;
  /** Milliseconds, or undefined for no limit ("-1"). */
  readonly functionTimeoutMs: number | undefined;
  readonly routePrefix: string;
  readonly logLevels: Readonly<Record<string, LogLevel>>;
  /** If given, only these functions run. */
  readonly functions: readonly string[] | undefined;
  readonly serviceBus: ServiceBusSettings;
}

/** The default of the Premium and Dedicated plans. */
const defaultFunctionTimeout = "00:30:00";

/**
 * Reads host.json of an app folder.
 * @throws {HostConfigurationError} when it is missing, is no JSON, or holds a value that does not fit.
 */
export function readHostSettings(directory: string): HostSettings {
  const path = join(directory, "host.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new HostConfigurationError(
      `There is no host.json in ${directory}. A function app needs one: {"version":"2.0"}.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new HostConfigurationError(`host.json is not valid JSON: ${String(error)}`);
  }
  return hostSettings(json);
}

/**
 * The settings of a parsed host.json, defaults filled in.
 * @throws {HostConfigurationError} when its version is not 2.0, or a value does not fit.
 */
export function hostSettings(json: unknown): HostSettings {
  const host = record(json);
  if (host["version"] !== "2.0") {
    throw new HostConfigurationError(`host.json: version is ${JSON.stringify(host["version"])}; it has to be "2.0".`);
  }
  const extensions = record(host["extensions"]);
  const timeout = host["functionTimeout"] ?? defaultFunctionTimeout;
  return {
    version: "2.0",
    functionTimeoutMs: timeout === "-1" ? undefined : timespanMs(timeout, "host.json functionTimeout"),
    routePrefix: text(record(extensions["http"])["routePrefix"], "api").replace(/^\/+|\/+$/g, ""),
    logLevels: levelByCategory(record(record(host["logging"])["logLevel"])),
    functions: Array.isArray(host["functions"]) ? host["functions"].map(String) : undefined,
    serviceBus: serviceBusSettings(record(extensions["serviceBus"])),
  };
}

function serviceBusSettings(json: Readonly<Record<string, unknown>>): ServiceBusSettings {
  const count = (name: string, fallback: number, least: number): number => {
    const value = json[name] ?? fallback;
    if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
      throw new HostConfigurationError(
        `host.json extensions.serviceBus.${name}: ${JSON.stringify(value)} is not a whole number of at least ${least}.`,
      );
    }
    return value;
  };
  const span = (from: Readonly<Record<string, unknown>>, name: string, fallback: string): number =>
    timespanMs(from[name] ?? fallback, `host.json extensions.serviceBus.${name}`);
  const retry = record(json["clientRetryOptions"]);
  const tryTimeoutMs = span(retry, "tryTimeout", "00:01:00");
  return {
    prefetchCount: count("prefetchCount", 0, 0),
    autoCompleteMessages: json["autoCompleteMessages"] !== false,
    maxAutoLockRenewalMs: span(json, "maxAutoLockRenewalDuration", "00:05:00"),
    maxConcurrentCalls: count("maxConcurrentCalls", 16, 1),
    maxConcurrentSessions: count("maxConcurrentSessions", 8, 1),
    maxConcurrentCallsPerSession: count("maxConcurrentCallsPerSession", 1, 1),
    sessionIdleTimeoutMs:
      json["sessionIdleTimeout"] === undefined ? tryTimeoutMs : span(json, "sessionIdleTimeout", ""),
    maxMessageBatchSize: count("maxMessageBatchSize", 1000, 1),
    minMessageBatchSize: count("minMessageBatchSize", 1, 1),
    maxBatchWaitMs: span(json, "maxBatchWaitTime", "00:00:30"),
    retry: {
      maxRetries: typeof retry["maxRetries"] === "number" ? retry["maxRetries"] : 3,
      delayMs: span(retry, "delay", "00:00:00.8"),
      maxDelayMs: span(retry, "maxDelay", "00:01:00"),
      tryTimeoutMs,
    },
  };
}

function levelByCategory(json: Readonly<Record<string, unknown>>): Readonly<Record<string, LogLevel>> {
  return Object.fromEntries(
    Object.entries(json).map(([category, value]) => {
      const level = logLevels.find((known) => known === String(value).toLowerCase());
      if (!level) {
        throw new HostConfigurationError(
          `host.json logging.logLevel.${category}: "${String(value)}" is none of ${logLevels.join(", ")}.`,
        );
      }
      return [category, level];
    }),
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function text(value: unknown, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}
