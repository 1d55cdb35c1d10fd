/** A point in time, as exactly as files tell it: whole seconds since 1970-01-01 UTC, and microseconds beyond them. */
export interface Instant {
  readonly seconds: number;
  /** 0 to 999,999 */
  readonly microseconds: number;
}

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

const secondsPerDay = 86_400;

/** In seconds since 1970: 0001-01-01 and 10000-01-01. Python knows no other years. */
const [firstSecond, endSecond] = [-62_135_596_800, 253_402_300_800];

/** Seconds from 1970-01-01 to a day; undefined where there is no such day. */
function secondsOfDay(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  // Unlike Date.UTC it takes the years 0 to 99 for what they are.
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() / 1000 : undefined;
}

/** Seconds that an offset such as `+02:00` is ahead of UTC; undefined where there is no such offset. */
function secondsAhead(offset: string): number | undefined {
  if (offset === "Z" || offset === "") return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(3).replace(":", ""))];
  if (hours > 23 || minutes > 59) return undefined;
  return (offset.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/**
 * Reads an ISO 8601 date, or date and time with `T` or a space between, as UTC where it names no offset. What is finer than
 * a microsecond is cut off.
 * @returns undefined where the text is none, or names a time that there is not: 30 February, 24:00, a 61st second, a year
 *   before 1 or after 9999.
 */
export function readInstant(text: string): Instant | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", offset = ""] = match;
  const midnight = secondsOfDay(Number(year), Number(month), Number(day));
  const ahead = secondsAhead(offset);
  if (midnight === undefined || ahead === undefined) return undefined;
  const [hours, minutes, rest] = [Number(hour), Number(minute), Number(second)];
  if (hours > 23 || minutes > 59 || rest > 59) return undefined;
  const seconds = midnight + hours * 3600 + minutes * 60 + rest - ahead;
  if (seconds < firstSecond || seconds >= endSecond) return undefined;
  return { seconds, microseconds: Number(fraction.slice(0, 6).padEnd(6, "0")) };
}

/** The one text of an instant: `2024-03-31` at midnight UTC, else `2024-03-31T12:00:00Z` with as many digits as it takes. */
export function instantText({ seconds, microseconds }: Instant): string {
  const iso = new Date(seconds * 1000).toISOString();
  if (microseconds > 0) return `${iso.slice(0, 19)}.${String(microseconds).padStart(6, "0").replace(/0+$/, "")}Z`;
  return seconds % secondsPerDay === 0 ? iso.slice(0, 10) : `${iso.slice(0, 19)}Z`;
}

/** Days from an origin to an instant, with fractions. */
export function daysBetween(origin: Instant, { seconds, microseconds }: Instant): number {
  const [whole, rest] = [seconds - origin.seconds, microseconds - origin.microseconds];
  const inMicroseconds = whole * 1e6 + rest;
  // Beyond 285 years microseconds are finer than a double's own.
  return Number.isSafeInteger(inMicroseconds) ? inMicroseconds / (secondsPerDay * 1e6) : whole / secondsPerDay;
}
