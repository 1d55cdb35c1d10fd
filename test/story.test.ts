import { jsonOf, runCommandLine } from "@ratchet/cli/command-line";
import type { Summary } from "@ratchet/cli/demo";
import { describe, expect, test } from "vitest";

describe("the main job, played by the demo on the local Azure", { timeout: 480_000 }, () => {
  test("is observed in every statement, the promotions of two models among them, and ends with exit code 0", async () => {
    const run = await runCommandLine(["demo", "--no-set-up", "--json"]);
    const { code, errors: progress } = run;
    const summary = jsonOf(run) as Summary;
    const missed = summary.observations.filter(({ observed }) => !observed);
    expect(missed, progress).toEqual([]);
    // Whoever does something here does it by the roles that infrastructure assigns, and by no others.
    expect(progress).not.toContain("a role is missing");
    expect(summary.brokeOff, progress).toBeUndefined();
    expect(new Set(summary.observations.map(({ chapter }) => chapter))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    expect(summary.observations.length).toBeGreaterThanOrEqual(24);
    expect(summary.observations).toContainEqual(
      expect.objectContaining({
        statement: "it is in quarantine, with why in words and numbers",
        facts: expect.objectContaining({ kind: "champion-score", found: 2, rows: 1200, rowsBefore: 4500 }),
      }),
    );
    expect(summary.times.map(({ promotion }) => promotion)).toEqual(["digits 1", "digits 2"]);
    for (const { promotion, overhead } of summary.times) expect(overhead, promotion).toBeLessThan(30_000);
    expect(code).toBe(0);
  });
});
