import type { Command } from "commander";
import type { WrittenClient } from "../client/write-client.ts";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import { createOutput, type Output } from "../output.ts";

interface Options {
  readonly endpoint?: string;
  readonly json?: boolean;
}

function tell(output: Output, written: WrittenClient): void {
  output.note(`${written.model} version ${written.version} at ${written.endpoint}`);
  output.result(written, `wrote ${written.files.join(" and ")}`);
}

export const command: RatchetCommand = {
  group: "model",
  place: 75,
  examples: ["ratchet client digits", "ratchet client digits src/models"],
  define: (command) =>
    command
      .description("write a typed TypeScript client and JSON Schema of a model, from what serves it")
      .argument("<model>", "the model to be asked")
      .argument("[folder]", "where the files are to be; here where it is left out", ".")
      .option(
        "--endpoint <url>",
        "where it is served, asked as nobody; in production, asked as you, where it is left out",
      )
      .option(...jsonOption)
      .action(async (model: string, folder: string, { endpoint, json }: Options, command: Command) => {
        const { writeClient } = await import("../client/write-client.ts");
        if (endpoint !== undefined) {
          tell(createOutput(json === true), await writeClient(endpoint, model, folder));
          return;
        }
        await withDeployment(command, async (deployment, output) => {
          const { endpointOf } = await import("../commands/predict.ts");
          tell(output, await writeClient(await endpointOf(deployment, model), model, folder, deployment));
        });
      }),
};
