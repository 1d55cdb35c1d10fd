import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface LineRange {
  readonly file: string;
  readonly first: number;
  readonly last: number;
}

/** So many lines at a time: a mutant counts where it lies within, and most are of one statement. */
const rangeLength = 8;

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function randomBy(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A share of the lines of some files, in ranges drawn by chance.
 * @param globs from `folder`; those that begin with `!` are left out.
 * @param seed the same one draws the same lines.
 */
export async function linesOf(
  folder: string,
  globs: readonly string[],
  share: number,
  seed: number,
): Promise<readonly LineRange[]> {
  const random = randomBy(seed);
  const wanted = globs.filter((one) => !one.startsWith("!"));
  const exclude = globs.filter((one) => one.startsWith("!")).map((one) => one.slice(1));
  const files = (await Array.fromAsync(glob(wanted, { cwd: folder, exclude }))).sort();
  const ranges: LineRange[] = [];
  for (const file of files) {
    const count = (await readFile(join(folder, file), "utf8")).split("\n").length;
    for (let first = 1; first <= count; first += rangeLength)
      if (random() < share) ranges.push({ file, first, last: Math.min(count, first + rangeLength - 1) });
  }
  return ranges;
}
