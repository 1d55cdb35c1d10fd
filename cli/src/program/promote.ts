import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 50,
  examples: ['ratchet promote digits 7 --reason "the holdout is older than the new cameras"'],
  define: (command) =>
    command
      .description("put a judged version into production, whatever its verdict said")
      .argument("<model>", "the model")
      .argument("<version>", "one of its versions that was judged")
      .requiredOption("--reason <text>", "why; it is recorded")
      .option(...jsonOption)
      .action(async (model: string, version: string, { reason }: { readonly reason: string }, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { askForPromotion } = await import("../commands/promote.ts");
          const asked = await askForPromotion(deployment, model, version, reason);
          output.result(
            asked,
            [
              `asked to put ${model} ${version} into production (its verdict was ${asked.verdict}); \`ratchet status ${model}\` shows when it is done`,
              ...(asked.frozen ? [`${model} is frozen, and stays so: \`ratchet thaw ${model}\` ends that`] : []),
            ].join("\n"),
          );
        });
      }),
};
