const PATTERN = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/u;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** As .NET reads a duration of XML Schema into a time span: a year is 365 days, a month 30. */
const UNITS = [365 * DAY, 30 * DAY, DAY, HOUR, MINUTE, SECOND];

/** The milliseconds of an ISO 8601 duration such as `PT1M`; undefined where the text is none. */
export const millisecondsIn = (duration: string): number | undefined => {
  const parts = PATTERN.exec(duration)?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined)) return undefined;
  return parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (UNITS[index] ?? 0), 0);
};
