import type { LogLevel } from "./worker/core-types.ts";

/** One structured log line of an app, as the parent process receives it. */
export interface LogRecord {
  /** ISO 8601. */
  readonly time: string;
  readonly level: LogLevel;
  /** As on Azure: `Host.Startup`, `Function.<name>`, `Function.<name>.User`, `Worker.Console`. */
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
  /** W3C trace context of the invocation. */
  readonly traceParent?: string;
  readonly durationMs?: number;
  readonly error?: { readonly type: string; readonly message: string; readonly stack?: string };
}

/** What a log line says; the logger adds the time. */
export type LogEntry = Omit<LogRecord, "time">;

export interface Logger {
  log(entry: LogEntry): void;
  /** Whether a line of this category and level is kept: ask before building an expensive one. */
  enabled(category: string, level: LogLevel): boolean;
}

const WEIGHT: Readonly<Record<LogLevel, number>> = {
  trace: 0,
  debug: 1,
  information: 2,
  warning: 3,
  error: 4,
  critical: 5,
  none: 6,
};

/** A logger that keeps what `logging.logLevel` of host.json asks for: the longest category prefix decides. */
export function createLogger(levels: Readonly<Record<string, LogLevel>>, write: (record: LogRecord) => void): Logger {
  const known = new Map<string, number>();
  const threshold = (category: string): number => {
    const cached = known.get(category);
    if (cached !== undefined) return cached;
    const weight = WEIGHT[levelOf(category, levels)];
    known.set(category, weight);
    return weight;
  };
  const enabled = (category: string, level: LogLevel): boolean => WEIGHT[level] >= threshold(category);
  return {
    enabled,
    log(entry) {
      if (enabled(entry.category, entry.level)) write({ time: new Date().toISOString(), ...entry });
    },
  };
}

function levelOf(category: string, levels: Readonly<Record<string, LogLevel>>): LogLevel {
  for (let prefix = category; prefix !== ""; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf(".")))) {
    const level = levels[prefix];
    if (level) return level;
  }
  return levels["default"] ?? "information";
}

/** An error in the shape of a log line. */
export function errorFields(error: Error): NonNullable<LogRecord["error"]> {
  return { type: error.name, message: error.message, ...(error.stack ? { stack: error.stack } : {}) };
}
