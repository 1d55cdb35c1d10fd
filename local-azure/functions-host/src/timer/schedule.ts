import { Cron } from "croner";
import { asError, HostConfigurationError } from "../errors.ts";
import { isTimespan, timespanMs } from "../timespan.ts";

/** When a timer runs. */
export interface Schedule {
  /** As the app wrote it, app settings filled in. */
  readonly text: string;
  /** The first occurrence after a moment; undefined if there is none any more. */
  next(after: Date): Date | undefined;
}

const fieldPattern =
  /^[\d*,/-]*(?:(?:sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[\d*,/-]*)*$/i;

/**
 * Reads an NCRONTAB expression (`{second} {minute} {hour} {day} {month} {day of week}`, or five
 * fields without seconds) or a TimeSpan as interval. Day and day of week both have to match, as
 * in NCRONTAB and unlike in crontab.
 * @param timeZone an IANA name; WEBSITE_TIME_ZONE
 * @throws {HostConfigurationError} when it cannot be read.
 */
export function parseSchedule(text: string, timeZone = "UTC"): Schedule {
  if (isTimespan(text)) {
    const interval = timespanMs(text, "schedule");
    if (interval === 0) throw new HostConfigurationError(`The schedule "${text}" has no length.`);
    return { text, next: (after) => new Date(after.getTime() + interval) };
  }
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) {
    throw new HostConfigurationError(
      `The schedule "${text}" has ${fields.length} fields; NCRONTAB has six, beginning with seconds: "0 */5 * * * *".`,
    );
  }
  const strange = fields.find((field) => !fieldPattern.test(field));
  if (strange !== undefined)
    throw new HostConfigurationError(
      `The schedule "${text}" has the field "${strange}", which NCRONTAB does not know.`,
    );
  try {
    const cron = new Cron(text, {
      timezone: timeZone,
      domAndDow: true,
      sloppyRanges: true,
      mode: "5-or-6-parts",
      paused: true,
    });
    return { text, next: (after) => cron.nextRun(after) ?? undefined };
  } catch (thrown) {
    throw new HostConfigurationError(`The schedule "${text}" cannot be read: ${asError(thrown).message}`);
  }
}
