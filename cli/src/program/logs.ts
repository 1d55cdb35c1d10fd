import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 36,
  examples: ["ratchet logs digits", "ratchet logs digits -f", "ratchet logs digits-0f1e2d3c4b5a6978"],
  define: (command) =>
    command
      .description("print what a training run prints: the one under way, or the newest")
      .argument("<model-or-run>", "a model, or a run by its id")
      .option("-f, --follow", "go on until the run has ended")
      .action(async (name: string, { follow = false }: { readonly follow?: boolean }, command: Command) => {
        const { folder } = command.optsWithGlobals<{ readonly folder: string }>();
        await withDeployment(command, async (deployment, output) => {
          const { logOf, runNamed } = await import("../commands/logs.ts");
          const runId = await runNamed(deployment, name);
          output.note(`what run ${runId} prints:`);
          for await (const text of logOf(deployment, runId, { follow, folder })) output.stream(text);
        });
      }),
};
