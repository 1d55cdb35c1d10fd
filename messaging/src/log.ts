import { blobOf, type Envelope, eventText } from "@ratchet/contracts";

/** What a line is about beside its words; every line of a delivery carries them. */
export type Dimensions = Readonly<Record<string, string | number | undefined>>;

/** Where a service writes what it does. Details are plain data and never hold secrets. */
export interface Log {
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
  /** The same log, with these dimensions on every line. */
  with(dimensions: Dimensions): Log;
}

/** As much of the Functions invocation context as a log needs. */
export interface LogSink {
  info(...args: unknown[]): void;
  warn(...args: unknown[]): void;
  error(...args: unknown[]): void;
}

/**
 * A log over the Functions invocation context. A line is one JSON object: the message, then dimensions and details as
 * fields of their own, so that both `jq` and Application Insights (`parse_json(message).model`) can ask for them.
 */
export function logTo(sink: LogSink, dimensions: Dimensions = {}): Log {
  // A dimension that this delivery does not have is free for a detail of that name; the words are the line's own.
  const known = Object.fromEntries(Object.entries(dimensions).filter(([, value]) => value !== undefined));
  const line = (message: string, details: object = {}) =>
    JSON.stringify(Object.assign({ message }, known, details, known, { message }));
  return {
    info: (message, details) => sink.info(line(message, details)),
    warn: (message, details) => sink.warn(line(message, details)),
    error: (message, details) => sink.error(line(message, details)),
    with: (more) => logTo(sink, { ...dimensions, ...more }),
  };
}

/** The model and run that a message is about, as far as it says so: in its data, or by the path of the blob it tells of. */
export function aboutOf(message: Pick<Envelope, "subject" | "data">): Dimensions {
  const { data } = message;
  const [dropped] = blobOf("drops", message)?.split("/") ?? [];
  const [ran] = blobOf("outputs", message)?.split("/") ?? [];
  return {
    model: eventText(data, "model") ?? dropped,
    run: eventText(data, "runId") ?? ran,
    version: eventText(data, "version"),
  };
}
