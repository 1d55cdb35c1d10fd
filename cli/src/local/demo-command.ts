import { runDemo } from "../demo/run.ts";
import { describeSummary } from "../demo/summary.ts";
import { exitCodes } from "../errors.ts";
import { createOutput, table } from "../output.ts";
import { createProgress } from "../progress.ts";
import { setUp } from "./set-up.ts";
import { untilStopped } from "./until-stopped.ts";

export interface DemoOptions {
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly setUp: boolean;
}

/** Plays the demo, says what was observed, and stops everything, or leaves it running until Ctrl-C. */
export async function demoCommand({ keep, json, setUp: wanted }: DemoOptions): Promise<void> {
  if (wanted) await setUp();
  const output = createOutput(json === true);
  const progress = createProgress();
  const demo = await runDemo(progress);
  try {
    output.result(demo.summary, `\n${describeSummary(demo.summary)}`);
    process.exitCode = demo.summary.observed ? exitCodes.done : exitCodes.failed;
    if (keep) {
      const addresses = table(["part", "address"], Object.entries(demo.addresses));
      output.note(
        `\n${addresses}\n\nstill running; Ctrl-C stops it. In another terminal: ratchet --folder ${demo.folder} status`,
      );
      await untilStopped();
    }
  } finally {
    progress.doing("stopping");
    await demo.close();
    if (demo.keptLogs) progress.failed(`what the services and trainings wrote is kept in ${demo.keptLogs}`);
    progress.close();
  }
}
