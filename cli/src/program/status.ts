import type { Command } from "commander";
import colors from "picocolors";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import type { ModelStanding } from "../commands/status.ts";
import { WrongInputError } from "../errors.ts";

const decisionColor = { promote: colors.green, hold: colors.yellow, reject: colors.red } as const;

const heldBackBy = ({ heldBack }: NonNullable<ModelStanding["frozen"]>) =>
  heldBack ? `; version ${heldBack.version} is held back` : "";

function describeDeployment({ version, state, since, why, waiting }: NonNullable<ModelStanding["deployment"]>): string {
  const queued = waiting === 0 ? "" : `; ${waiting} waiting`;
  return `version ${version} ${state} since ${since}${why === null ? "" : `: ${why}`}${queued}`;
}

function describe({ model, task, definitionVersion, ...standing }: ModelStanding): string {
  const { champion, deployment, frozen, lastVerdict, refused, running, trainingWaits: waits } = standing;
  const lines = [
    `${colors.bold(model)}  ${task}, definition ${definitionVersion}`,
    `  champion   ${champion ? `version ${champion.version} since ${champion.since}, ${champion.endpoint}` : "none yet"}`,
    ...(frozen ? [`  frozen     since ${frozen.since}: ${frozen.reason}${heldBackBy(frozen)}`] : []),
    ...(deployment ? [`  deployment ${describeDeployment(deployment)}`] : []),
    `  batches    ${standing.batches} admitted${standing.waiting ? `, ${standing.waiting} waiting for the quiet period` : ""}${standing.withdrawn ? `, ${standing.withdrawn} withdrawn` : ""}${standing.quarantined ? `, ${standing.quarantined} in quarantine (\`ratchet batches list ${model}\`)` : ""}`,
    ...(refused.last === null ? [] : [`  refused    ${refused.files}, the last: ${refused.last}`]),
    `  training   ${running ?? (waits ? `waits until ${waits.until}: ${waits.reason}` : "none running")}`,
  ];
  if (lastVerdict)
    lines.push(
      `  verdict    version ${lastVerdict.version}: ${decisionColor[lastVerdict.decision](lastVerdict.decision)}`,
      ...lastVerdict.reasons.map((reason) => `             ${reason}`),
    );
  return lines.join("\n");
}

export const command: RatchetCommand = {
  group: "model",
  place: 30,
  examples: ["ratchet status", "ratchet status digits"],
  define: (command) =>
    command
      .description("say how far models are: champion, batches, training, last verdict")
      .argument("[model]", "one model; all that are applied where it is left out")
      .option(...jsonOption)
      .action(async (model: string | undefined, _options, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { appliedModels, modelStanding } = await import("../commands/status.ts");
          const names = model ? [model] : await appliedModels(deployment);
          const found = await Promise.all(names.map((name) => modelStanding(deployment, name)));
          const standings = found.filter((standing) => standing !== undefined);
          if (model && standings.length === 0)
            throw new WrongInputError(`no model named ${model} is applied; run \`ratchet apply <folder>\``);
          const text =
            standings.length > 0
              ? standings.map(describe).join("\n\n")
              : "no model is applied; run `ratchet apply <folder>`";
          output.result(model ? standings[0] : standings, text);
        });
      }),
};
