import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

const main = join(import.meta.dirname, "../cli/src/main.ts");

interface Summary {
  readonly observed: boolean;
  readonly brokeOff?: string;
  readonly observations: readonly {
    readonly chapter: number;
    readonly statement: string;
    readonly observed: boolean;
    readonly facts: unknown;
  }[];
  readonly times: readonly { readonly promotion: string; readonly overhead: number; readonly training: number }[];
}

/** Plays the demo as a user does and reads what it prints. */
async function playDemo(): Promise<{
  readonly code: number | null;
  readonly summary: Summary;
  readonly progress: string;
}> {
  const child = spawn(process.execPath, [main, "demo", "--no-set-up", "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  const [output, progress, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("close", resolve)),
  ]);
  try {
    return { code, summary: JSON.parse(output), progress };
  } catch {
    throw new Error(`the demo printed no summary; it said:\n${progress}`);
  }
}

describe("the main job, played by the demo on the local Azure", { timeout: 480_000 }, () => {
  test("is observed in every statement, promotes three times, and ends with exit code 0", async () => {
    const { code, summary, progress } = await playDemo();
    const missed = summary.observations.filter(({ observed }) => !observed);
    expect(missed, progress).toEqual([]);
    expect(summary.brokeOff, progress).toBeUndefined();
    expect(new Set(summary.observations.map(({ chapter }) => chapter))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(summary.observations.length).toBeGreaterThanOrEqual(20);
    expect(summary.times.map(({ promotion }) => promotion)).toEqual(["digits 1", "digits 2"]);
    for (const { promotion, overhead } of summary.times) expect(overhead, promotion).toBeLessThan(10_000);
    expect(code).toBe(0);
  });
});
