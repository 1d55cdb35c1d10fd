import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { noSetUpOption } from "../command-line/options.ts";
import { createOutput, table } from "../output.ts";

export const command: RatchetCommand = {
  group: "machine",
  place: 20,
  examples: ["ratchet up", "ratchet up --folder ~/ratchet"],
  define: (command) =>
    command
      .description("run the whole of Ratchet on this machine, for your own models")
      .option(...noSetUpOption)
      .action(async ({ setUp }: { readonly setUp: boolean }, command: Command) => {
        const { folder } = command.optsWithGlobals<{ readonly folder: string }>();
        const { runUntilStopped } = await import("../local/up.ts");
        await runUntilStopped({
          folder,
          setUp,
          onReady(ratchet) {
            const addresses = table(["part", "address"], Object.entries(ratchet.addresses));
            createOutput(false).note(
              `\n${addresses}\n\nnext, in another terminal: ratchet apply <folder>. Ctrl-C stops everything; ${ratchet.folder} keeps the state.`,
            );
          },
        });
      }),
};
