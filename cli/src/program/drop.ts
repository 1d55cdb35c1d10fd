import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import type { DroppedFile } from "../commands/drop.ts";
import type { DropOutcome } from "../commands/follow-drop.ts";
import type { Deployment } from "../deployment.ts";
import { exitCodes } from "../errors.ts";
import type { Output } from "../output.ts";

function inWords(model: string, { file, outcome, batch, reason }: DropOutcome): string {
  if (outcome === "refused") return `${file} is refused: ${reason}`;
  if (outcome === "admitted")
    return `${file} is admitted as batch ${batch}${reason ? `, and stands out: ${reason}` : ""}`;
  return `${file} is in quarantine as batch ${batch}: ${reason}
  look at it: \`ratchet batches show ${model} ${batch}\`; then \`ratchet batches admit …\` or \`ratchet batches withdraw …\``;
}

/** Says of each file what becomes of it at the door; fails where one is not admitted. */
async function follow(
  deployment: Deployment,
  output: Output,
  model: string,
  drops: readonly DroppedFile[],
): Promise<void> {
  const { followDrop } = await import("../commands/follow-drop.ts");
  const outcomes = await Promise.all(drops.map((drop) => followDrop(deployment, model, drop)));
  if (outcomes.some(({ outcome }) => outcome !== "admitted")) process.exitCode = exitCodes.failed;
  output.result(outcomes, outcomes.map((outcome) => inWords(model, outcome)).join("\n"));
}

interface Options {
  readonly follow?: boolean;
}

export const command: RatchetCommand = {
  group: "data",
  place: 10,
  examples: ["ratchet drop digits monday.csv tuesday.parquet", "ratchet drop digits monday.csv --follow"],
  define: (command) =>
    command
      .description("drop files of new data for a model")
      .argument("<model>", "the model that the data is for")
      .argument(
        "<files...>",
        "files with the columns of the model's schema: CSV, JSON Lines or Parquet, plain, gzip or zstd",
      )
      .option(
        "--follow",
        "wait until each is admitted, in quarantine or refused; exit code 1 where one is not admitted",
      )
      .option(...jsonOption)
      .action(async (model: string, files: readonly string[], options: Options, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { dropFiles } = await import("../commands/drop.ts");
          const drops = await dropFiles(deployment, model, files, {
            now: new Date(),
            onDrop: ({ file, bytes }) => output.note(`dropped ${file} (${bytes} bytes)`),
          });
          if (options.follow) return follow(deployment, output, model, drops);
          const [count, them] = drops.length === 1 ? ["1 file", "it"] : [`${drops.length} files`, "them"];
          output.result(drops, `${count} dropped; \`ratchet status ${model}\` shows what becomes of ${them}`);
        });
      }),
};
