import { describe, expect, test } from "vitest";
import { isNewer } from "./newer.ts";

const one = (version: string, hour = 9) => ({
  version,
  firstAskedAt: `2026-11-23T${String(hour).padStart(2, "0")}:00:00.000Z`,
});

describe("of two challengers the newer is", () => {
  test("the one of the higher number, whenever they were asked about", () => {
    expect(isNewer(one("10", 9), one("9", 10))).toBe(true);
    expect(isNewer(one("9", 10), one("10", 9))).toBe(false);
  });

  test("the one that was asked about later, where not both have a number", () => {
    expect(isNewer(one("digits-databricks-3", 10), one("7", 9))).toBe(true);
    expect(isNewer(one("7", 9), one("digits-databricks-3", 10))).toBe(false);
    expect(isNewer(one("digits-databricks-10", 9), one("digits-databricks-9", 10))).toBe(false);
    expect(isNewer(one("9-rc", 9), one("10", 10))).toBe(false);
    expect(isNewer(one("10-rc", 9), one("9", 10))).toBe(false);
  });

  test("one of them, where both were asked about at the same time; never both", () => {
    const pair = [one("digits-a"), one("digits-b")] as const;
    expect([isNewer(pair[0], pair[1]), isNewer(pair[1], pair[0])].filter(Boolean)).toHaveLength(1);
    expect(isNewer(one("7"), one("7"))).toBe(false);
    expect(isNewer(one("digits-a"), one("digits-a"))).toBe(false);
  });
});
