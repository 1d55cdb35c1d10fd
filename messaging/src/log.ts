/** Where a service writes what it does. Details are plain data and never hold secrets. */
export interface Log {
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
}

interface LogSink {
  info(...args: unknown[]): void;
  warn(...args: unknown[]): void;
  error(...args: unknown[]): void;
}

/** A log over the Functions invocation context: one line, the details as JSON behind the words. */
export function logTo(sink: LogSink): Log {
  const line = (message: string, details?: object) => (details ? `${message} ${JSON.stringify(details)}` : message);
  return {
    info: (message, details) => sink.info(line(message, details)),
    warn: (message, details) => sink.warn(line(message, details)),
    error: (message, details) => sink.error(line(message, details)),
  };
}
