import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { dropFiles } from "../commands/drop.ts";
import { predict } from "../commands/predict.ts";
import { WrongInputError } from "../errors.ts";
import { jsonOption, withDeployment } from "./action.ts";

/** drop, predict. */
export function addDataCommands(program: Command): void {
  program
    .command("drop")
    .description("drop files of new data for a model")
    .argument("<model>")
    .argument("<files...>", "CSV files with the columns of the model's schema")
    .option(...jsonOption)
    .action(async (model: string, files: readonly string[], _options, command: Command) => {
      await withDeployment(command, async (deployment, output) => {
        const onDrop = ({ file, bytes }: { readonly file: string; readonly bytes: number }) =>
          output.note(`dropped ${file} (${bytes} bytes)`);
        const drops = await dropFiles(deployment, model, files, { now: new Date(), onDrop });
        output.result(
          drops,
          `${drops.length} file${drops.length === 1 ? "" : "s"} dropped; \`ratchet status ${model}\` shows what becomes of ${drops.length === 1 ? "it" : "them"}`,
        );
      });
    });

  program
    .command("predict")
    .description("ask the endpoint in production for predictions")
    .argument("<model>")
    .argument("[file]", "a CSV file with the model's columns, label not needed; standard input where it is left out")
    .option(...jsonOption)
    .action(async (model: string, file: string | undefined, _options, command: Command) => {
      const csv = file
        ? await readFile(file, "utf8").catch(() => {
            throw new WrongInputError(`${file} cannot be read`);
          })
        : await text(process.stdin);
      await withDeployment(command, async (deployment, output) => {
        const prediction = await predict(deployment, model, csv);
        const [first] = prediction.outputs;
        const lines = prediction.classes ?? first?.data.map(String) ?? [];
        output.note(`${model} version ${prediction.version} at ${prediction.endpoint}`);
        output.result(prediction, lines.join("\n"));
      });
    });
}
