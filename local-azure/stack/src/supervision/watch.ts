import { recentEnds, tooManyEnds, waitMs, withinMs } from "./ends.ts";
import { ServerFailedError, type ServerReport } from "./server-report.ts";

/** How a process of a server ended, or why it did not start. */
export interface ServerEnd {
  readonly reason: string;
  /** The last lines that it wrote, oldest first. */
  readonly output: readonly string[];
  /** 0 where it did not start. */
  readonly servedMs: number;
}

export interface EndOptions {
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
  readonly ends: readonly number[];
  /** When it went down; undefined while it is up. */
  readonly downSince: number | undefined;
}

export function createWatch(report: (report: ServerReport) => void): Watch {
  const failure = Promise.withResolvers<ServerFailedError>();
  const troubles = new Map<string, Trouble>();
  return {
    failure: failure.promise,
    ended(server, { reason, output, servedMs }, { vital, retryInMs }) {
      const before = troubles.get(server);
      const ends = recentEnds(before?.ends ?? [], servedMs);
      troubles.set(server, { ends, downSince: before?.downSince ?? performance.now() });
      const wait = retryInMs ?? waitMs(ends.length);
      if (ends.length < tooManyEnds) report({ kind: "down", server, reason, retryInMs: wait });
      else if (vital) {
        failure.resolve(tooOften(server, reason, output));
        return undefined;
      } else if (ends.length === tooManyEnds || before?.downSince === undefined)
        report({ kind: "failing", server, reason, output });
      return wait;
    },
    up(server) {
      const before = troubles.get(server);
      if (before?.downSince === undefined) return;
      troubles.set(server, { ...before, downSince: undefined });
      report({ kind: "up", server, downMs: performance.now() - before.downSince });
    },
    fail: (error) => failure.resolve(error),
  };
}

function tooOften(server: string, reason: string, output: readonly string[]): ServerFailedError {
  const often = `${server} has ended ${tooManyEnds} times within ${withinMs / 1000} s of service`;
  return new ServerFailedError(server, `${often}. The last time: ${reason}`, { output });
}
