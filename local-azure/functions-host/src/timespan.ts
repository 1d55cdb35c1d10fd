import { HostConfigurationError } from "./errors.ts";

const timespanPattern = /^(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?$/;

/**
 * Milliseconds of a .NET TimeSpan as host.json writes it: `[d.]hh:mm[:ss[.fffffff]]`.
 * @throws {HostConfigurationError} when the text is no time span; it names the setting.
 */
export function timespanMs(text: unknown, setting: string): number {
  const match = typeof text === "string" ? timespanPattern.exec(text.trim()) : null;
  if (!match) {
    throw new HostConfigurationError(`${setting}: "${String(text)}" is not a time span. Write it as hh:mm:ss.`);
  }
  const [, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = "0"] = match;
  const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return Math.round((whole + Number(`0.${fraction}`)) * 1000);
}

/** Whether a text reads as a TimeSpan; a timer's schedule may be one instead of a cron expression. */
export function isTimespan(text: string): boolean {
  return timespanPattern.test(text.trim());
}
