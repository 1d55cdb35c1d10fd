const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** A duration in its largest unit, e.g. `3 days`. */
export function durationInWords(milliseconds: number): string {
  const [name, size] = units.find(([, unit]) => milliseconds >= unit) ?? ["second", 1_000];
  const count = Math.round((milliseconds / size) * 10) / 10;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
