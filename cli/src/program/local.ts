import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { runDemo } from "../demo/run.ts";
import { describeSummary } from "../demo/summary.ts";
import { exitCodes } from "../errors.ts";
import { setUp } from "../local/set-up.ts";
import { startRatchet } from "../local/start.ts";
import { untilStopped } from "../local/until-stopped.ts";
import { createOutput, table } from "../output.ts";
import { createProgress } from "../progress.ts";
import { jsonOption } from "./action.ts";

const port = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new InvalidArgumentError("must be a port from 0 to 65535, 0 for any that is free");
};

const noSetUp = ["--no-set-up", "take Python and the services' bundles as they are"] as const;

const addressTable = (addresses: Readonly<Record<string, string>>) =>
  table(["part", "address"], Object.entries(addresses));

/** up, demo, service-bus. */
export function addLocalCommands(program: Command): void {
  program
    .command("demo")
    .description("play the main job on this machine: drop, train, judge, publish, refuse, replay")
    .option("--keep", "leave everything running at the end and print its addresses; Ctrl-C stops it")
    .option(...noSetUp)
    .option(...jsonOption)
    .action(
      async ({
        keep,
        json,
        setUp: wanted,
      }: {
        readonly keep?: boolean;
        readonly json?: boolean;
        readonly setUp: boolean;
      }) => {
        if (wanted) await setUp();
        const output = createOutput(json === true);
        const progress = createProgress();
        const demo = await runDemo(progress);
        try {
          output.result(demo.summary, `\n${describeSummary(demo.summary)}`);
          process.exitCode = demo.summary.observed ? exitCodes.done : exitCodes.failed;
          if (keep) {
            output.note(
              `\n${addressTable(demo.addresses)}\n\nstill running; Ctrl-C stops it. Other commands: ratchet --folder ${demo.folder} status`,
            );
            await untilStopped();
          }
        } finally {
          progress.doing("stopping");
          await demo.close();
          progress.close();
        }
      },
    );

  program
    .command("up")
    .description("run the whole of Ratchet on this machine, for your own models")
    .option(...noSetUp)
    .action(async ({ setUp: wanted }: { readonly setUp: boolean }, command: Command) => {
      if (wanted) await setUp();
      const { folder } = command.optsWithGlobals<{ readonly folder: string }>();
      const progress = createProgress();
      const ratchet = await startRatchet({
        folder,
        progress,
        onJobOutput: (job, line) => progress.doing(`${job}: ${line}`),
      });
      try {
        progress.done("ready");
        createOutput(false).note(
          `\n${addressTable(ratchet.addresses)}\n\nnext, in another terminal: ratchet apply <folder>. Ctrl-C stops everything; ${join(folder)} keeps the state.`,
        );
        await untilStopped();
      } finally {
        progress.doing("stopping");
        await ratchet.close();
        progress.close();
      }
    });

  program
    .command("service-bus")
    .description("run the Service Bus alone; prints its connection string once it is ready")
    .option("--port <port>", "where to listen; any free port where it is left out", port)
    .option("--data <folder>", "keep messages in this folder; in memory where it is left out")
    .option("--config <file>", "queues and topics, in the format of Microsoft's emulator (Config.json)")
    .option("--synchronous <mode>", "FULL: safe against power loss; NORMAL: against crashes", "FULL")
    .action(
      async (options: {
        readonly port?: number;
        readonly data?: string;
        readonly config?: string;
        readonly synchronous: string;
      }) => {
        const { runServiceBus } = await import("../local/service-bus.ts");
        await runServiceBus(options);
      },
    );
}
