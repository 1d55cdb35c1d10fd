import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "data",
  place: 10,
  examples: ["ratchet drop digits monday.csv tuesday.parquet"],
  define: (command) =>
    command
      .description("drop files of new data for a model")
      .argument("<model>", "the model that the data is for")
      .argument(
        "<files...>",
        "files with the columns of the model's schema: CSV, JSON Lines or Parquet, plain, gzip or zstd",
      )
      .option(...jsonOption)
      .action(async (model: string, files: readonly string[], _options, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { dropFiles } = await import("../commands/drop.ts");
          const drops = await dropFiles(deployment, model, files, {
            now: new Date(),
            onDrop: ({ file, bytes }) => output.note(`dropped ${file} (${bytes} bytes)`),
          });
          const [count, them] = drops.length === 1 ? ["1 file", "it"] : [`${drops.length} files`, "them"];
          output.result(drops, `${count} dropped; \`ratchet status ${model}\` shows what becomes of ${them}`);
        });
      }),
};
