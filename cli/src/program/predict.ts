import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import { WrongInputError } from "../errors.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 70,
  examples: ["ratchet predict digits unseen.csv"],
  define: (command) =>
    command
      .description("ask the endpoint in production for predictions")
      .argument("<model>", "the model to ask")
      .argument("[file]", "a CSV file with the model's columns, label not needed; standard input where it is left out")
      .option(...jsonOption)
      .action(async (model: string, file: string | undefined, _options, command: Command) => {
        const csv = file
          ? await readFile(file, "utf8").catch(() => {
              throw new WrongInputError(`${file} cannot be read`);
            })
          : await text(process.stdin);
        await withDeployment(command, async (deployment, output) => {
          const { predict } = await import("../commands/predict.ts");
          const prediction = await predict(deployment, model, csv);
          const [first] = prediction.outputs;
          const lines = prediction.classes ?? first?.data.map(String) ?? [];
          output.note(`${model} version ${prediction.version} at ${prediction.endpoint}`);
          output.result(prediction, lines.join("\n"));
        });
      }),
};
