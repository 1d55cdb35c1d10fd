const spans = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

/** A length of time: `3 min`. */
export function span(milliseconds: number): string {
  const [unit, name] = spans.find(([length]) => milliseconds >= length) ?? [];
  return unit === undefined ? "0 s" : `${Math.floor(milliseconds / unit)} ${name}`;
}

/** `1 letter`, `12 letters`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** How good or bad a word is, for its colour. */
export function toneOf(word: string): "good" | "wait" | "bad" | "" {
  if (["promote", "completed", "done", "admitted", "live"].includes(word)) return "good";
  if (["reject", "failed", "withdrawn", "canceled", "stuck"].includes(word)) return "bad";
  if (["hold", "running", "waiting", "quarantined", "cancelling", "cancelled", "frozen"].includes(word)) return "wait";
  return "";
}
