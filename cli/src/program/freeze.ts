import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 62,
  examples: ['ratchet freeze digits --reason "the fair is on"'],
  define: (command) =>
    command
      .description("keep the champion: challengers are judged as before, and none is deployed until a thaw")
      .argument("<model>", "the model")
      .requiredOption("--reason <text>", "why; it is recorded")
      .option(...jsonOption)
      .action(async (model: string, { reason }: { readonly reason: string }, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { askForFreeze } = await import("../commands/freeze.ts");
          const asked = await askForFreeze(deployment, model, reason);
          output.result(
            asked,
            `asked to freeze ${model} at version ${asked.champion}; \`ratchet promote\` still deploys what you choose, and \`ratchet thaw ${model}\` ends it`,
          );
        });
      }),
};
