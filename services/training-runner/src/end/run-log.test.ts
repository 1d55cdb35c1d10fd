import { describe, expect, test } from "vitest";
import { lastLines, metricsOf } from "./run-log.ts";

describe("the log of a run", () => {
  test("gives each metric in its last value", () => {
    const log = "[   1.2 s] epoch 1\nmetric accuracy=0.91\nmetric accuracy=0.97\nmetric log-loss=0.1\nno metric x=1\n";
    expect(metricsOf(log)).toEqual({ accuracy: "0.97", "log-loss": "0.1" });
  });

  test("is cut to its last lines, and those to what an event can carry", () => {
    expect(lastLines("1\n2\n3\n", 2)).toBe("2\n3");
    expect(lastLines("x".repeat(5000)).length).toBeLessThan(1600);
  });
});
