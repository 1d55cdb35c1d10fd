import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type Results, works } from "./results.ts";

test("small data sets are planned, merged and read, each with its time and memory", { timeout: 120_000 }, async () => {
  const program = join(import.meta.dirname, "../plan.ts");
  const words = ["--disable-warning=ExperimentalWarning", program, "--quick", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  const { sizes } = JSON.parse(stdout) as Results;
  expect(sizes.map(({ rows }) => rows)).toEqual([20_000, 40_000]);
  for (const { rows, measured } of sizes) {
    expect(measured.map(({ work }) => work)).toEqual([...works]);
    for (const { records, seconds, bytesAtRest, peakBytes } of measured) {
      expect(records).toBe(rows);
      expect(seconds).toBeGreaterThan(0);
      expect(peakBytes).toBeGreaterThanOrEqual(bytesAtRest);
    }
    const byHash = measured.find(({ work }) => work === "plan by hash")?.counts;
    const byTime = measured.find(({ work }) => work === "plan by time")?.counts;
    expect(byHash?.duplicate).toBe(rows / 50);
    // Every row counts once, and by time it is known to the row how many judge.
    expect(byTime?.holdout).toBe(Math.floor((rows - rows / 50) * 0.2));
  }
});
