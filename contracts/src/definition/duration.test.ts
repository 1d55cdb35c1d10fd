import { expect, test } from "vitest";
import { isoDuration, parseDuration, parseIsoDuration } from "./duration.ts";

test.each([
  ["PT2S", 2_000],
  ["PT1M", 60_000],
  ["PT1H30M", 5_400_000],
  ["P7D", 604_800_000],
  ["P1DT12H", 129_600_000],
  ["PT0.5S", 500],
])("%s is %i milliseconds", (text, milliseconds) => {
  expect(parseIsoDuration(text)).toBe(milliseconds);
});

test.each(["", "P", "PT", "P1DT", "2s", "PT-1S", "P1M"])(
  "%j is no ISO 8601 duration that can be told exactly",
  (text) => {
    expect(parseIsoDuration(text)).toBeUndefined();
  },
);

test("a duration as people write it is one that Azure reads", () => {
  expect(parseIsoDuration(isoDuration(parseDuration("90s") ?? 0))).toBe(90_000);
});
