import { afterEach, expect, test, vi } from "vitest";
import { after, parseDuration } from "./duration.ts";

afterEach(() => void vi.useRealTimers());

test.each([
  ["PT1S", 1_000],
  ["PT90S", 90_000],
  ["PT1H30M", 5_400_000],
  ["P7D", 604_800_000],
  ["P1DT1M", 86_460_000],
])("%s is so many milliseconds", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(["", "P", "PT", "1h", "PT1", "P1Y", "-PT1S"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test("a time longer than a timer can be is waited for to its end, and not over at once", () => {
  vi.useFakeTimers();
  const called = vi.fn();
  const thirtyDays = 30 * 86_400_000;
  after(thirtyDays, called);
  vi.advanceTimersByTime(thirtyDays - 1);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(called).toHaveBeenCalledOnce();
});

test("a time that is no longer wanted does not call back", () => {
  vi.useFakeTimers();
  const called = vi.fn();
  after(1_000, called)();
  vi.advanceTimersByTime(2_000);
  expect(called).not.toHaveBeenCalled();
});
