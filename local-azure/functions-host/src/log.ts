/** From the least to the most severe; `none` keeps no line at all. */
export const logLevels = ["trace", "debug", "information", "warning", "error", "critical", "none"] as const;

export type LogLevel = (typeof logLevels)[number];

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
type LogEntry = Omit<LogRecord, "time">;

export interface Logger {
  log(entry: LogEntry): void;
  /** Whether a line of this category and level is kept: ask before building an expensive one. */
  enabled(category: string, level: LogLevel): boolean;
}

const severity = Object.fromEntries(logLevels.map((level, index) => [level, index])) as Readonly<
  Record<LogLevel, number>
>;

/** A logger that keeps what `logging.logLevel` of host.json asks for: the longest category prefix decides. */
export function createLogger(levels: Readonly<Record<string, LogLevel>>, write: (record: LogRecord) => void): Logger {
  const known = new Map<string, number>();
  const threshold = (category: string): number => {
    const cached = known.get(category);
    if (cached !== undefined) return cached;
    const least = severity[levelOf(category, levels)];
    known.set(category, least);
    return least;
  };
  const enabled = (category: string, level: LogLevel): boolean => severity[level] >= threshold(category);
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
