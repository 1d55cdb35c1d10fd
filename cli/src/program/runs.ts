import type { Command } from "commander";
import colors from "picocolors";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import type { RunStory } from "../commands/runs.ts";
import { age, seconds, table } from "../output.ts";

const mostListed = 30;

const colorOf: Readonly<Record<string, (text: string) => string>> = {
  running: colors.cyan,
  completed: colors.green,
  failed: colors.red,
  promote: colors.green,
  hold: colors.yellow,
  reject: colors.red,
};

const coloured = (word: string | null): string => (word === null ? "" : (colorOf[word] ?? String)(word));

const took = ({ startedAt, endedAt }: RunStory): string =>
  startedAt && endedAt ? seconds(Date.parse(endedAt) - Date.parse(startedAt)) : "";

const rowOf = (run: RunStory): readonly string[] => [
  run.runId,
  run.version ?? "",
  age(run.startedAt ?? run.endedAt ?? ""),
  took(run),
  coloured(run.status),
  coloured(run.decision),
  run.why ?? run.because ?? "",
];

export const command: RatchetCommand = {
  group: "model",
  place: 32,
  examples: ["ratchet runs", "ratchet runs digits"],
  define: (command) =>
    command
      .description("list training runs, the newest first: how long each took, how it ended, and why")
      .argument("[model]", "one model; all that are applied where it is left out")
      .option(...jsonOption)
      .action(async (model: string | undefined, _options, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { listRuns } = await import("../commands/runs.ts");
          const runs = await listRuns(deployment, model);
          const rows = runs.slice(0, mostListed).map(rowOf);
          output.result(
            runs,
            rows.length > 0
              ? table(["run", "version", "began", "took", "state", "verdict", "why"], rows)
              : "no run yet: dropped data starts one by itself",
          );
        });
      }),
};
