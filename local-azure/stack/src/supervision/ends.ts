/** A server that has ended so often within such a time is not mended by being started again. */
export const tooManyEnds = 5;
export const withinMs = 60_000;

const firstWaitMs = 250;
const longestWaitMs = 10_000;

/**
 * The ends of a server that still count after one more, each as the time for which its process had served. Only that time
 * counts: a server that cannot start has ended too often after five tries, however long each of them takes.
 */
export function recentEnds(before: readonly number[], servedMs: number): readonly number[] {
  // One more than too many is as telling as a thousand.
  const ends = [...before, servedMs].slice(-(tooManyEnds + 1));
  let servedSince = 0;
  for (let index = ends.length - 1; index >= 0; index--) {
    if (servedSince >= withinMs) return ends.slice(index + 1);
    servedSince += ends[index] ?? 0;
  }
  return ends;
}

/** How long to wait before the next start, after so many ends that count. */
export const waitMs = (ends: number): number => Math.min(longestWaitMs, firstWaitMs * 2 ** (ends - 1));
