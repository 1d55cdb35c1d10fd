import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption, noSetUpOption } from "../command-line/options.ts";
import { exitCodes } from "../errors.ts";
import { createOutput, table } from "../output.ts";

interface Options {
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly setUp: boolean;
}

export const command: RatchetCommand = {
  group: "machine",
  place: 10,
  examples: ["ratchet demo", "ratchet demo --keep"],
  define: (command) =>
    command
      .description("play the main job on this machine: drop, train, judge, publish, refuse, replay")
      .option("--keep", "leave everything running at the end and print its addresses; Ctrl-C stops it")
      .option(...noSetUpOption)
      .option(...jsonOption)
      .action(async ({ keep = false, json = false, setUp }: Options) => {
        const output = createOutput(json);
        const [{ runDemo }, { describeSummary }] = await Promise.all([
          import("../demo/run.ts"),
          import("../demo/summary.ts"),
        ]);
        await runDemo({
          setUp,
          keep,
          onPlayed({ summary, addresses, folder }) {
            output.result(summary, `\n${describeSummary(summary)}`);
            process.exitCode = summary.observed ? exitCodes.done : exitCodes.failed;
            if (keep)
              output.note(
                `\n${table(["part", "address"], Object.entries(addresses))}\n\nstill running; Ctrl-C stops it. In another terminal: ratchet --folder ${folder} status`,
              );
          },
        });
      }),
};
