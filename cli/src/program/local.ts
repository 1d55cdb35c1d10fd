import { type Command, InvalidArgumentError } from "commander";
import type { DemoOptions } from "../local/demo-command.ts";
import type { ServiceBusCommand } from "../local/service-bus.ts";
import { jsonOption } from "./action.ts";

const port = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new InvalidArgumentError("must be a port from 0 to 65535, 0 for any that is free");
};

const noSetUp = ["--no-set-up", "take Python and the services' bundles as they are"] as const;

/**
 * up, demo, service-bus. The local Azure is loaded by these commands alone, and only when they run: the others answer
 * sooner without it.
 */
export function addLocalCommands(program: Command): void {
  program
    .command("demo")
    .description("play the main job on this machine: drop, train, judge, publish, refuse, replay")
    .option("--keep", "leave everything running at the end and print its addresses; Ctrl-C stops it")
    .option(...noSetUp)
    .option(...jsonOption)
    .action(async (options: DemoOptions) => {
      const { demoCommand } = await import("../local/demo-command.ts");
      await demoCommand(options);
    });

  program
    .command("up")
    .description("run the whole of Ratchet on this machine, for your own models")
    .option(...noSetUp)
    .action(async ({ setUp }: { readonly setUp: boolean }, command: Command) => {
      const { upCommand } = await import("../local/up-command.ts");
      const { folder } = command.optsWithGlobals<{ readonly folder: string }>();
      await upCommand({ folder, setUp });
    });

  program
    .command("service-bus")
    .description("run the Service Bus alone; prints its connection string once it is ready")
    .option("--port <port>", "where to listen; any free port where it is left out", port)
    .option("--data <folder>", "keep messages in this folder; in memory where it is left out")
    .option("--config <file>", "queues and topics, in the format of Microsoft's emulator (Config.json)")
    .option("--certificate <file>", "certificate (PEM) for TLS and https; goes with --key")
    .option("--key <file>", "the certificate's key (PEM)")
    .option("--synchronous <mode>", "FULL: safe against power loss; NORMAL: against crashes", "FULL")
    .action(async (options: ServiceBusCommand) => {
      const { runServiceBus } = await import("../local/service-bus.ts");
      await runServiceBus(options);
    });
}
