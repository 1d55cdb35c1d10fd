import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 40,
  examples: ["ratchet train digits", "ratchet train digits --again"],
  define: (command) =>
    command
      .description("ask for training on all admitted batches now")
      .argument("<model>", "the model to train")
      .option("--again", "train even where a run on the same input has ended")
      .option(...jsonOption)
      .action(async (model: string, { again }: { readonly again?: boolean }, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { askForTraining } = await import("../commands/train.ts");
          const asked = await askForTraining(deployment, model, again ? { again: new Date() } : {});
          output.result(asked, `asked for training of ${model} on ${asked.batches.length} batches`);
        });
      }),
};
