import { InvalidEntityError } from "./errors.ts";

const durationPattern =
  /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const secondMs = 1000;
const dayMs = 86_400 * secondMs;
/** Durations from here on (2^53 ms is far beyond .NET's longest) stand for "never". */
const neverFromMs = 10_000_000 * dayMs;

/**
 * Milliseconds of an ISO 8601 duration such as `PT1M30S`; infinity for the service's `TimeSpan.MaxValue`.
 * @throws {InvalidEntityError} when it is no such duration, or not longer than nothing; it names `what`.
 */
export function durationToMilliseconds(iso: string, what: string): number {
  const match = durationPattern.exec(iso);
  if (!match || iso.endsWith("P") || iso.endsWith("T")) {
    throw new InvalidEntityError(`${what} is '${iso}', which is not an ISO 8601 duration such as PT1M30S.`);
  }
  const [, sign, years, months, weeks, days, hours, minutes, seconds] = match;
  const total =
    Number(years ?? 0) * 365 * dayMs +
    Number(months ?? 0) * 30 * dayMs +
    Number(weeks ?? 0) * 7 * dayMs +
    Number(days ?? 0) * dayMs +
    Number(hours ?? 0) * 3600 * secondMs +
    Number(minutes ?? 0) * 60 * secondMs +
    Number(seconds ?? 0) * secondMs;
  if (sign || total <= 0) throw new InvalidEntityError(`${what} is '${iso}'; it must be longer than nothing.`);
  return total >= neverFromMs ? Number.POSITIVE_INFINITY : total;
}
