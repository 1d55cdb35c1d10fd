import { parseIsoDuration } from "@ratchet/contracts";

const units = [
  ["day", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/**
 * A duration in the largest unit that it is a whole number of: `PT5M` is `5 min`.
 * @throws {RangeError} when it is none of ISO 8601.
 */
export function inWords(iso: string): string {
  const milliseconds = parseIsoDuration(iso);
  if (milliseconds === undefined) throw new RangeError(`${iso} is not an ISO 8601 duration`);
  for (const [unit, length] of units)
    if (milliseconds >= length && milliseconds % length === 0) {
      const count = milliseconds / length;
      return `${count} ${unit}${unit === "day" && count !== 1 ? "s" : ""}`;
    }
  return `${milliseconds / 1000} s`;
}

/** Delays in a row, each in words: `2 s, 4 s, 1 min`; the same one several times is said once. */
export function delaysInWords(delays: readonly string[]): string {
  const runs: { readonly words: string; readonly times: number }[] = [];
  for (const words of delays.map(inWords)) {
    const last = runs.at(-1);
    if (last?.words === words) runs[runs.length - 1] = { words, times: last.times + 1 };
    else runs.push({ words, times: 1 });
  }
  return runs.map(({ words, times }) => (times === 1 ? words : `${times} × ${words}`)).join(", ");
}

/** A name on two lines, parted after its last hyphen: `data-`, `watcher`. */
export function inTwo(name: string): readonly string[] {
  const cut = name.lastIndexOf("-") + 1;
  return cut === 0 ? [name] : [name.slice(0, cut), name.slice(cut)];
}
