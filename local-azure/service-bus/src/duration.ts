import { InvalidEntityError } from "./errors.ts";

const PATTERN = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const SECOND = 1000;
const DAY = 86_400 * SECOND;
/** Durations from here on (2^53 ms is far beyond .NET's longest) stand for "never". */
const NEVER_FROM = 10_000_000 * DAY;

/** Milliseconds of an ISO 8601 duration such as `PT1M30S`; infinity for the service's `TimeSpan.MaxValue`. */
export function durationToMilliseconds(iso: string, what: string): number {
  const match = PATTERN.exec(iso);
  if (!match || iso.endsWith("P") || iso.endsWith("T")) {
    throw new InvalidEntityError(`${what} is '${iso}', which is not an ISO 8601 duration such as PT1M30S.`);
  }
  const [, sign, years, months, weeks, days, hours, minutes, seconds] = match;
  const total =
    Number(years ?? 0) * 365 * DAY +
    Number(months ?? 0) * 30 * DAY +
    Number(weeks ?? 0) * 7 * DAY +
    Number(days ?? 0) * DAY +
    Number(hours ?? 0) * 3600 * SECOND +
    Number(minutes ?? 0) * 60 * SECOND +
    Number(seconds ?? 0) * SECOND;
  if (sign || total <= 0) throw new InvalidEntityError(`${what} is '${iso}'; it must be longer than nothing.`);
  return total >= NEVER_FROM ? Number.POSITIVE_INFINITY : total;
}
