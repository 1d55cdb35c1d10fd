import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { canSeeProcesses } from "./machine/processes.ts";
import type { Report } from "./report.ts";

/** Faults that need nothing of the machine but to see its processes. */
const everywhere = "kill,pause,restart";
const faults = 6;

/** Chaos in a process of its own, as `pnpm chaos` is; what went wrong is in the report, the story in what it says. */
async function chaos(folder: string, ...words: readonly string[]) {
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, "--no-set-up", "--json", "--folder", folder, ...words],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  // A test that is given up leaves nothing running.
  const end = () => child.kill("SIGTERM");
  process.once("exit", end);
  const [output, story, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  process.off("exit", end);
  expect(output, story).not.toBe("");
  return { code, story, report: JSON.parse(output) as Report };
}

test.runIf(canSeeProcesses)(
  "one model's stack under load holds what must hold, though its processes are killed, stand still and are restarted",
  { timeout: 600_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "ratchet-chaos-"));
    const words = [
      "--seed",
      "6",
      "--models",
      "1",
      "--minutes",
      "0.25",
      "--patience",
      "4",
      "--longest",
      "8",
      "--count",
      String(faults),
    ];
    const { code, story, report } = await chaos(folder, "--faults", everywhere, ...words);
    for (const sentence of report.leftOut) console.info(`chaos on this machine leaves out ${sentence}`);
    expect(report.violations, `what happened is told in ${folder}:\n${story}`).toEqual([]);
    expect(code).toBe(0);
    const came = Object.values(report.faults).reduce((sum, count) => sum + count, 0);
    expect(came + report.missed).toBe(faults);
    expect(came).toBeGreaterThanOrEqual(faults / 2);
    expect(report.endpoints.every(({ requests }) => requests > 50)).toBe(true);
    await rm(folder, { recursive: true });
  },
);
