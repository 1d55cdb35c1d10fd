import type { ServeOptions } from "@local-azure/service-bus";
import { InvalidArgumentError, Option } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new InvalidArgumentError("A port is a number from 0 to 65535; 0 takes any that is free.");
}

export const command: RatchetCommand = {
  group: "machine",
  place: 30,
  examples: ["ratchet service-bus", "ratchet service-bus --port 5672 --data messages --config Config.json"],
  define: (command) =>
    command
      .description("run the Service Bus alone; prints its connection string once it is ready")
      .option("--port <port>", "where to listen; any free port where it is left out", port)
      .option("--data <folder>", "keep messages in this folder; in memory where it is left out")
      .option("--config <file>", "queues and topics, in the format of Microsoft's emulator (Config.json)")
      .option("--certificate <file>", "certificate (PEM) for TLS and https; goes with --key")
      .option("--key <file>", "the certificate's key (PEM)")
      .addOption(
        new Option("--synchronous <mode>", "FULL: safe against power loss; NORMAL: against crashes")
          .choices(["FULL", "NORMAL"])
          .default("FULL"),
      )
      .action(async (options: Omit<ServeOptions, "print">) => {
        const { serveServiceBus } = await import("@local-azure/service-bus");
        await serveServiceBus(options);
      }),
};
