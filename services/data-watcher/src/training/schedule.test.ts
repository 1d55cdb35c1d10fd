import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScheduleError, scheduleStep } from "./schedule.ts";

const mondaysAtSix = "0 0 6 * * 1";
const monday = new Date("2026-11-23T06:00:00Z");
const after = (date: Date, minutes: number) => new Date(date.getTime() + minutes * 60_000);

describe("a schedule", () => {
  test("begins when it is first seen, without making up for what lay before", () => {
    expect(scheduleStep(mondaysAtSix, undefined, after(monday, 5))).toEqual({ kind: "begin", at: after(monday, 5) });
  });

  test("rests until its time has come", () => {
    expect(scheduleStep(mondaysAtSix, after(monday, -60), after(monday, -1))).toEqual({ kind: "rest" });
  });

  test("comes due at its time to the second, in UTC", () => {
    expect(scheduleStep(mondaysAtSix, after(monday, -60), monday)).toEqual({ kind: "train", occurrence: monday });
  });

  test("comes due once where several times were missed", () => {
    expect(scheduleStep(mondaysAtSix, after(monday, -30 * 24 * 60), after(monday, 90))).toEqual({
      kind: "train",
      occurrence: monday,
    });
  });

  test("is looked at any number of times and trains once per occurrence", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 60 }), (gaps) => {
        let now = monday;
        let seenAt = after(monday, -1);
        const trained: string[] = [];
        for (const gap of gaps) {
          now = after(now, gap);
          const step = scheduleStep("0 0 */2 * * *", seenAt, now);
          if (step.kind !== "train") continue;
          trained.push(step.occurrence.toISOString());
          seenAt = step.occurrence;
          expect(now.getTime() - seenAt.getTime()).toBeLessThan(2 * 3_600_000);
        }
        expect(new Set(trained).size).toBe(trained.length);
      }),
    );
  });

  test("with a day of the month and a day of the week comes due when both match, as a Functions timer does", () => {
    const fridayTheThirteenth = new Date("2026-11-13T00:00:00Z");
    const step = scheduleStep("0 0 0 13 * 5", after(fridayTheThirteenth, -1), monday);
    expect(step).toEqual({ kind: "train", occurrence: fridayTheThirteenth });
  });

  test("may count from a start, as a Functions timer's may", () => {
    const step = scheduleStep("0 5/15 * * * *", after(monday, 6), after(monday, 21));
    expect(step).toEqual({ kind: "train", occurrence: after(monday, 20) });
  });

  test("of a day that there never is says so", () => {
    expect(() => scheduleStep("0 0 6 30 2 *", undefined, monday)).toThrow(/no day is like that; write six fields/);
  });

  test("that cannot be read says how to write one", () => {
    expect(() => scheduleStep("0 0 25 * * 1", undefined, monday)).toThrow(ScheduleError);
    expect(() => scheduleStep("0 0 25 * * 1", undefined, monday)).toThrow(/six fields, seconds first/);
  });
});
