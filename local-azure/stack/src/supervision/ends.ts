/** A server that has ended so often within such a time is not mended by being started again. */
export const tooManyEnds = 5;
export const withinMs = 60_000;

const firstWaitMs = 250;
const longestWaitMs = 10_000;

/** An end of a server's process, or a start that failed. */
export interface End {
  /** When, in milliseconds. */
  readonly at: number;
  /** Whether it had served before it ended. */
  readonly served: boolean;
}

/**
 * The ends of a server that still count after one more: those of the last minute, and all since it served last. One that
 * cannot start has ended too often after five tries, however long each of them takes.
 */
export function recentEnds(before: readonly End[], end: End): readonly End[] {
  // One more than too many is as telling as a thousand.
  const ends = [...before, end].slice(-(tooManyEnds + 1));
  const servedLast = ends.findLastIndex(({ served }) => served);
  return ends.filter(({ at }, index) => index >= servedLast || at > end.at - withinMs);
}

/** How long to wait before the next start, after so many ends that count. */
export const waitMs = (ends: number): number => Math.min(longestWaitMs, firstWaitMs * 2 ** (ends - 1));
