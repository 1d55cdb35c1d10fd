const threeDigits = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/** A number with three significant digits: 12.3, 0.0456, 1,230. */
export function short(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e9) ? value.toExponential(2) : threeDigits.format(value);
}

/** A share of all, as `33.1 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Some words of a list, and how many more there are. */
export function some(words: readonly string[], most = 3): string {
  const more = words.length - most;
  return `${words.slice(0, most).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** A value of a column, cut where it is long. */
export const shown = (text: string): string => (text.length > 24 ? `${text.slice(0, 23)}…` : text);
