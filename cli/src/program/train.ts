import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import { WrongInputError } from "../errors.ts";

interface Options {
  readonly again?: boolean;
  readonly beyondBudget?: boolean;
  readonly reason?: string;
}

export const command: RatchetCommand = {
  group: "model",
  place: 40,
  examples: [
    "ratchet train digits",
    "ratchet train digits --again",
    'ratchet train digits --beyond-budget --reason "the fair is on Monday"',
  ],
  define: (command) =>
    command
      .description("ask for training on all admitted batches now")
      .argument("<model>", "the model to train")
      .option("--again", "train even where a run on the same input has ended")
      .option("--beyond-budget", "train though training.budget is used up; --reason says why")
      .option("--reason <text>", "why training may go beyond its budget; it is recorded")
      .option(...jsonOption)
      .action(async (model: string, { again, beyondBudget, reason }: Options, command: Command) => {
        if ((beyondBudget === true) !== (reason !== undefined))
          throw new WrongInputError("--beyond-budget needs --reason <text>, and --reason is for --beyond-budget alone");
        await withDeployment(command, async (deployment, output) => {
          const { askForTraining } = await import("../commands/train.ts");
          const asked = await askForTraining(deployment, model, {
            ...(again ? { again: new Date() } : {}),
            ...(reason === undefined ? {} : { beyondBudget: reason }),
          });
          output.result(asked, `asked for training of ${model} on ${asked.batches} batches`);
        });
      }),
};
