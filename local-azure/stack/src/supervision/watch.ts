import { type End, recentEnds, tooManyEnds, waitMs, withinMs } from "./ends.ts";
import { ServerFailedError, type ServerReport } from "./server-report.ts";

/** How a process of a server ended, or why it did not start. */
export interface ServerEnd {
  readonly reason: string;
  /** The last lines that it wrote, oldest first. */
  readonly output: readonly string[];
  /** Whether it had served before, or did not start. */
  readonly served: boolean;
}

interface EndOptions {
  /** Whether everything ends with it when it has ended too often. */
  readonly vital: boolean;
  /** When it is started again; this module's own schedule where absent. */
  readonly retryInMs?: number;
}

/** Counts the ends of the servers, says what becomes of them, and when it is no use to go on. */
export interface Watch {
  /** Resolves with the reason when a server that the rest cannot do without has failed for good. */
  readonly failure: Promise<ServerFailedError>;
  /** @returns after how many milliseconds to start it again; undefined if it shall stay as it is. */
  ended(server: string, end: ServerEnd, options: EndOptions): number | undefined;
  up(server: string): void;
  fail(error: ServerFailedError): void;
}

interface Trouble {
  readonly ends: readonly End[];
  /** When it went down; undefined while it is up. */
  readonly downSince: number | undefined;
}

/** @param now in milliseconds, from whenever. */
export function createWatch(
  report: (report: ServerReport) => void,
  now: () => number = () => performance.now(),
): Watch {
  const failure = Promise.withResolvers<ServerFailedError>();
  const troubles = new Map<string, Trouble>();
  return {
    failure: failure.promise,
    ended(server, { reason, output, served }, { vital, retryInMs }) {
      const before = troubles.get(server);
      const ends = recentEnds(before?.ends ?? [], { at: now(), served });
      troubles.set(server, { ends, downSince: before?.downSince ?? now() });
      const wait = retryInMs ?? waitMs(ends.length);
      if (ends.length < tooManyEnds) report({ kind: "down", server, reason, retryInMs: wait });
      else if (vital) {
        failure.resolve(tooOften(server, ends, reason, output));
        return undefined;
      } else if (ends.length === tooManyEnds || before?.downSince === undefined)
        report({ kind: "failing", server, reason, output });
      return wait;
    },
    up(server) {
      const before = troubles.get(server);
      if (before?.downSince === undefined) return;
      troubles.set(server, { ...before, downSince: undefined });
      report({ kind: "up", server, downMs: now() - before.downSince });
    },
    fail: (error) => failure.resolve(error),
  };
}

function tooOften(server: string, ends: readonly End[], reason: string, output: readonly string[]): ServerFailedError {
  const tookMs = (ends.at(-1)?.at ?? 0) - (ends[0]?.at ?? 0);
  const how = tookMs < withinMs ? `within ${withinMs / 1_000} s` : "without serving in between";
  const message = `${server} has ended ${ends.length} times ${how}. The last time: ${reason}`;
  return new ServerFailedError(server, message, { output });
}
