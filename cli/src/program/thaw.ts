import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 64,
  examples: ['ratchet thaw digits --reason "the sevens are mended"'],
  define: (command) =>
    command
      .description("let challengers be deployed again; the one that was held back is judged anew")
      .argument("<model>", "the model")
      .requiredOption("--reason <text>", "why; it is recorded")
      .option(...jsonOption)
      .action(async (model: string, { reason }: { readonly reason: string }, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { askForThaw } = await import("../commands/freeze.ts");
          const asked = await askForThaw(deployment, model, reason);
          output.result(
            asked,
            asked.heldBack === null
              ? `asked to thaw ${model}; no challenger was held back meanwhile`
              : `asked to thaw ${model}; version ${asked.heldBack}, which was held back, is judged again against version ${asked.champion}`,
          );
        });
      }),
};
