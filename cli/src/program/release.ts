import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 80,
  examples: ["ratchet release", "ratchet release bundle.zip"],
  define: (command) =>
    command
      .description("release inference code: every champion is republished with it, by the same smoke test and swap")
      .argument("[bundle]", "a zip made by the inference service's build; built from this clone where it is left out")
      .option(...jsonOption)
      .action(async (file: string | undefined, _options, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { uploadBundle } = await import("../commands/release.ts");
          const bundle = await uploadBundle(deployment, file);
          output.result(
            bundle,
            `released inference code ${bundle.sha256.slice(0, 12)} (${(bundle.bytes / 1e6).toFixed(1)} MB)`,
          );
        });
      }),
};
