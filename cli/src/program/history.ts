import type { Command } from "commander";
import colors from "picocolors";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import { WrongInputError } from "../errors.ts";
import { age, table } from "../output.ts";

export const command: RatchetCommand = {
  group: "model",
  place: 34,
  examples: ["ratchet history digits"],
  define: (command) =>
    command
      .description("list the versions that have served, the newest first: since when, and why")
      .argument("<model>", "the model")
      .option(...jsonOption)
      .action(async (model: string, _options, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { championsOf } = await import("../commands/history.ts");
          const champions = await championsOf(deployment, model);
          if (!champions)
            throw new WrongInputError(
              `no event has told of ${model}; \`ratchet status\` lists the models that are applied`,
            );
          const rows = champions.map(({ version, since, cause, metric, reason }) => [
            version,
            age(since),
            cause === "rollback" ? colors.yellow(cause) : cause,
            metric === null ? "" : `${metric.name} ${metric.value.toPrecision(4)}`,
            reason ?? "",
          ]);
          output.result(
            champions,
            rows.length > 0
              ? table(["version", "since", "because", "metric", "reason"], rows)
              : `no version of ${model} has served yet`,
          );
        });
      }),
};
