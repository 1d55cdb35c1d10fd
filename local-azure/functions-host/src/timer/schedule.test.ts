import { expect, test } from "vitest";
import { parseSchedule } from "./schedule.ts";

const from = new Date("2024-05-10T12:00:30Z");
const next = (text: string, zone?: string) => parseSchedule(text, zone).next(from)?.toISOString();

test("six fields begin with seconds", () => {
  expect(next("*/20 * * * * *")).toBe("2024-05-10T12:00:40.000Z");
  expect(next("0 */5 * * * *")).toBe("2024-05-10T12:05:00.000Z");
});

test("five fields run at second zero", () => {
  expect(next("30 9 * * *")).toBe("2024-05-11T09:30:00.000Z");
});

test("day of month and day of week both have to match", () => {
  // 2024-09-13 is the next Friday the 13th; crontab would run on every Friday and every 13th.
  expect(next("0 0 0 13 * fri")).toBe("2024-09-13T00:00:00.000Z");
});

test("the time zone of the app counts", () => {
  expect(next("0 0 9 * * *", "America/New_York")).toBe("2024-05-10T13:00:00.000Z");
});

test("a time span is an interval", () => {
  expect(next("01:30:00")).toBe("2024-05-10T13:30:30.000Z");
});

test.each(["", "* * * *", "0 0 0 L * *", "0 0 0 ? * *", "0 0 25 * * *", "every minute or so *"])(
  "%j is refused",
  (text) => {
    expect(() => parseSchedule(text)).toThrow(/schedule/);
  },
);
