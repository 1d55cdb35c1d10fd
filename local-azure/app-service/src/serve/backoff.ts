const firstMs = 250;
const longestMs = 30_000;
/** A process that ran this long was well: the next crash counts as a first one. */
const wellAfterMs = 60_000;

/** Milliseconds before the next start, after a number of crashes in a row (1, 2, …). */
export function backoffMs(crashes: number): number {
  return Math.min(longestMs, firstMs * 2 ** (crashes - 1));
}

/** The number of crashes in a row, now that a process which had run for `ranMs` crashed. */
export function crashesInRow(before: number, ranMs: number): number {
  return ranMs >= wellAfterMs ? 1 : before + 1;
}
