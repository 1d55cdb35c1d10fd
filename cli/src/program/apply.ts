import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 20,
  examples: ["ratchet apply examples/digits"],
  define: (command) =>
    command
      .description("upload a model project, so that drops for its model are admitted and trained on")
      .argument("<folder>", "the folder that holds ratchet.yaml")
      .option(...jsonOption)
      .action(async (folder: string, _options, command: Command) => {
        const { applyProject, readProject } = await import("../commands/apply.ts");
        const project = await readProject(folder);
        await withDeployment(command, async (deployment, output) => {
          // The resource management SDKs are large; only the commands that need them load them.
          const { ensureApp } = await import("../commands/ensure-app.ts");
          const app = await ensureApp(deployment, project.definition.deploy.app);
          if (app === "missing")
            output.note(
              `there is no function app ${project.definition.deploy.app} yet: add the model to the cdktf configuration before its first promotion`,
            );
          const applied = await applyProject(deployment, project, new Date());
          const { model, version, files, changed } = applied;
          output.result(
            applied,
            changed
              ? `applied ${model} at version ${version} (${files} files)`
              : `${model} is already applied at version ${version}`,
          );
        });
      }),
};
