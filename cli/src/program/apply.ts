import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import type { SchemaChange } from "../schema-change/batches-under.ts";

function dataText(data: SchemaChange | undefined): string {
  if (!data) return "";
  const { batches, changes, read } = data;
  const looked = read > 0 ? `; the rows of ${read} were read to see` : "";
  const lines = changes.map(({ column, kind, detail }) => `\n  ${kind.padEnd(9)}${column}: ${detail}`);
  return `\nthe schema is another than before; it reads ${batches === 1 ? "the one batch that is" : `all ${batches} batches that are`} admitted${looked}${lines.join("")}`;
}

export const command: RatchetCommand = {
  group: "model",
  place: 20,
  examples: ["ratchet apply examples/digits"],
  define: (command) =>
    command
      .description("upload a model project, so that drops for its model are admitted and trained on")
      .argument("<folder>", "the folder that holds ratchet.yaml")
      .option("--dry-run", "say what would come of it for the data that is admitted, and apply nothing")
      .option(...jsonOption)
      .action(async (folder: string, { dryRun }: { readonly dryRun?: boolean }, command: Command) => {
        const { applyProject, readProject } = await import("../commands/apply.ts");
        const project = await readProject(folder);
        await withDeployment(command, async (deployment, output) => {
          // The resource management SDKs are large; only the commands that need them load them.
          const { ensureApp } = await import("../commands/ensure-app.ts");
          const app = dryRun ? "there" : await ensureApp(deployment, project.definition.deploy.app);
          if (app === "missing")
            output.note(
              `there is no function app ${project.definition.deploy.app} yet: add the model to the cdktf configuration before its first promotion`,
            );
          const applied = await applyProject(deployment, project, new Date(), { dryRun });
          const { model, version, files, changed, data } = applied;
          const done = dryRun ? "would apply" : "applied";
          output.result(
            applied,
            changed
              ? `${done} ${model} at version ${version} (${files} files)${dataText(data)}`
              : `${model} is already applied at version ${version}`,
          );
        });
      }),
};
