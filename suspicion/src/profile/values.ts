import type { ValuesColumn } from "@ratchet/contracts";
import { textHash } from "./text-hash.ts";

/** What is kept of a column's values. */
export type Values = Pick<ValuesColumn, "most" | "values" | "others">;

/** Whether a value comes before another: by its hash, which is as good as by lot, and the same lot everywhere. */
const precedes = (one: string, other: string): boolean => {
  const [a, b] = [textHash(one), textHash(other)];
  return a === b ? one < other : a < b;
};

const lastOf = (texts: Iterable<string>): string | undefined => {
  let last: string | undefined;
  for (const text of texts) if (last === undefined || precedes(last, text)) last = text;
  return last;
};

/**
 * Which values are known exactly, count or none: all where there are no others, else those up to the last that is kept.
 */
export function isKnownIn({ values, others }: Values): (text: string) => boolean {
  const last = others === 0 ? undefined : lastOf(values.map(([text]) => text));
  return (text) => last === undefined || text === last || precedes(text, last);
}

const byText = ([a]: readonly [string, number], [b]: readonly [string, number]): number => (a < b ? -1 : a > b ? 1 : 0);

/** The `most` values that come first keep their counts; of the rest it is known how many rows have them. */
function bounded(counts: ReadonlyMap<string, number>, others: number, most: number): Values {
  const ranked = [...counts].sort(([a], [b]) => (precedes(a, b) ? -1 : 1));
  const left = ranked.slice(most).reduce((sum, [, count]) => sum + count, 0);
  return { most, values: ranked.slice(0, most).sort(byText), others: others + left };
}

/** Takes a column's values one by one; the counts of `most` of them are kept. */
export function gatherValues(most: number): { add(text: string): void; end(): Values } {
  const counts = new Map<string, number>();
  let others = 0;
  /** Of those that are kept, the last; known once there are as many as may be. */
  let last: string | undefined;

  function drop(text: string): void {
    others += counts.get(text) ?? 0;
    counts.delete(text);
  }

  return {
    add(text) {
      const before = counts.get(text);
      if (before !== undefined) {
        counts.set(text, before + 1);
        return;
      }
      if (last !== undefined && precedes(last, text)) {
        others += 1;
        return;
      }
      counts.set(text, 1);
      if (counts.size > most && last !== undefined) drop(last);
      if (counts.size >= most) last = lastOf(counts.keys());
    },
    end: () => bounded(counts, others, most),
  };
}

/** Both in one. What comes first of all came first in each, so nothing that is kept has lost a row. */
export function mergeValues(one: Values, other: Values): Values {
  const counts = new Map<string, number>();
  for (const [text, count] of [...one.values, ...other.values]) counts.set(text, (counts.get(text) ?? 0) + count);
  return bounded(counts, one.others + other.others, Math.min(one.most, other.most));
}
