import { describe, expect, test } from "vitest";
import { daysBetween, instantText, readInstant } from "./instant.ts";

const epoch = { seconds: 0, microseconds: 0 };

describe("an instant", () => {
  test.each([
    ["2024-02-29", "2024-02-29"],
    ["2024-02-29T23:59", "2024-02-29T23:59:00Z"],
    ["2024-02-29 23:59:59", "2024-02-29T23:59:59Z"],
    ["2024-02-29T23:59:59.5Z", "2024-02-29T23:59:59.5Z"],
    ["2024-02-29T23:59:59.123456789Z", "2024-02-29T23:59:59.123456Z"],
    ["2024-03-01T01:30:00+01:30", "2024-03-01"],
    ["2024-03-01T01:30:00+0130", "2024-03-01"],
    ["2024-02-29 22:00:00-02", "2024-03-01"],
    ["0001-01-01", "0001-01-01"],
    ["0099-12-31", "0099-12-31"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"],
    ["1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z"],
  ])("%s is %s", (text, canonical) => {
    const instant = readInstant(text);
    expect(instant && instantText(instant)).toBe(canonical);
  });

  test.each([
    "2023-02-29",
    "2024-02-30T12:00",
    "2024-13-01",
    "2024-03-31T24:00",
    "2024-03-31T12:60",
    "2024-03-31T12:00:60",
    "0000-12-31",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "2024-03-31T12:00:00+24:00",
    "2024-03-31T12",
    "2024-3-1",
    "24-03-01",
    "now",
  ])("%s is none", (text) => {
    expect(readInstant(text)).toBeUndefined();
  });

  test("is counted in days with fractions, to the microsecond", () => {
    const days = (text: string) => daysBetween(epoch, readInstant(text) ?? expect.fail(text));
    expect(days("1970-01-02")).toBe(1);
    expect(days("1969-12-31T12:00:00Z")).toBe(-0.5);
    expect(days("1970-01-01T00:00:00.000001Z")).toBe(1 / 86_400e6);
    expect(days("9999-12-31")).toBe(2_932_896);
  });
});
