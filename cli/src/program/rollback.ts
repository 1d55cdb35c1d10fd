import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 60,
  examples: ['ratchet rollback digits --reason "customers report wrong sevens"'],
  define: (command) =>
    command
      .description("put the release before the champion back into production, and freeze the model")
      .argument("<model>", "the model")
      .requiredOption("--reason <text>", "why; it is recorded")
      .option(...jsonOption)
      .action(async (model: string, { reason }: { readonly reason: string }, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { askForRollback } = await import("../commands/rollback.ts");
          const { from, messageId } = await askForRollback(deployment, model, reason);
          output.result(
            { model, messageId },
            `asked to roll back ${model} from version ${from}; \`ratchet status ${model}\` shows when it is done.\nNo challenger is deployed from then on, until \`ratchet thaw ${model}\``,
          );
        });
      }),
};
