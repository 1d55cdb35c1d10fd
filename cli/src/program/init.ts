import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { createOutput } from "../output.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 10,
  examples: ["ratchet init house-prices"],
  define: (command) =>
    command
      .description("write a model project to start from: ratchet.yaml and training code")
      .argument("<folder>", "a new or empty folder")
      .option(...jsonOption)
      .action(async (folder: string, { json }: { readonly json?: boolean }) => {
        const { initProject } = await import("../commands/init.ts");
        const files = await initProject(folder);
        createOutput(json === true).result(
          { folder, files },
          `wrote ${files.join(", ")} in ${folder}\nnext: ratchet apply ${folder}`,
        );
      }),
};
