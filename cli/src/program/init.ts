import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { WrongInputError } from "../errors.ts";
import { createOutput } from "../output.ts";

interface Options {
  readonly from?: string;
  readonly label?: string;
  readonly json?: boolean;
}

export const command: RatchetCommand = {
  group: "model",
  place: 10,
  examples: ["ratchet init house-prices", "ratchet init house-prices --from houses.parquet --label price"],
  define: (command) =>
    command
      .description("write a model project to start from: ratchet.yaml and training code")
      .argument("<folder>", "a new or empty folder")
      .option("--from <file>", "guess the schema from this file of data; to be corrected")
      .option("--label <column>", "the column of that file that is to be predicted; guessed where it is left out")
      .option(...jsonOption)
      .action(async (folder: string, { from, label, json }: Options) => {
        if (label !== undefined && from === undefined)
          throw new WrongInputError("--label names a column of a file: give the file with --from");
        const { initProject } = await import("../commands/init.ts");
        const files = await initProject(folder, from === undefined ? undefined : { file: from, label });
        const next = from === undefined ? "" : `correct ${folder}/ratchet.yaml where it guesses, then `;
        createOutput(json === true).result(
          { folder, files },
          `wrote ${files.join(", ")} in ${folder}\nnext: ${next}ratchet apply ${folder}`,
        );
      }),
};
