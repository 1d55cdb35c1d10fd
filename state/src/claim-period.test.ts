import { describe, expect, test } from "vitest";
import { periodOf } from "./claim-period.ts";

describe("a period", () => {
  test("begins at the same instants for everybody", () => {
    const minute = 60_000;
    expect(periodOf(new Date("2026-11-23T09:05:59.999Z"), minute).toISOString()).toBe("2026-11-23T09:05:00.000Z");
    expect(periodOf(new Date("2026-11-23T09:06:00.000Z"), minute).toISOString()).toBe("2026-11-23T09:06:00.000Z");
    expect(periodOf(new Date("2026-11-23T09:06:00.000Z"), 5 * minute).toISOString()).toBe("2026-11-23T09:05:00.000Z");
  });
});
