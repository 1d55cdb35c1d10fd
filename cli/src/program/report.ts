import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 45,
  examples: ["ratchet report digits", "ratchet report digits 3 --out why-not.html"],
  define: (command) =>
    command
      .description("write why a version was promoted, held or rejected, with the evidence, as one page of HTML")
      .argument("<model>", "the name in ratchet.yaml")
      .argument("[version]", "the champion where it is left out, or else the one that was judged last")
      .option("--numbers", "also those that gate.reveal keeps back as long as the rows that gave them may judge others")
      .option("--out <file>", "where to write it: <model>-<version>.html where it is left out")
      .option(...jsonOption)
      .action(
        async (
          model: string,
          version: string | undefined,
          asked: { readonly out?: string; readonly numbers?: boolean },
          command: Command,
        ) => {
          const { writeReport } = await import("../commands/report.ts");
          await withDeployment(command, async (deployment, output) => {
            const written = await writeReport(deployment, model, { version, ...asked });
            const { file, decision, keptBack } = written;
            const without = keptBack ? ", without the numbers that gate.reveal keeps back" : "";
            output.result(
              written,
              `version ${written.version} of ${model}: ${decision}; the report is ${file}${without}`,
            );
          });
        },
      ),
};
