import { admissions, deployModel, eventTopic, paths, rollBackModel, trainModel, verdict } from "@ratchet/contracts";
import { type Command, Option } from "commander";
import colors from "picocolors";
import { applyProject, readProject } from "../commands/apply.ts";
import { initProject } from "../commands/init.ts";
import { uploadBundle } from "../commands/release.ts";
import { appliedModels, type ModelStanding, modelStanding } from "../commands/status.ts";
import { WrongInputError } from "../errors.ts";
import { operatorName, sendCommand } from "../operator.ts";
import { createOutput } from "../output.ts";
import { collect, jsonOption, withDeployment } from "./action.ts";

const decisionColor = { promote: colors.green, hold: colors.yellow, reject: colors.red } as const;

function describeStatus(status: ModelStanding): string {
  const { champion, lastVerdict, refused, running } = status;
  const lines = [
    `${colors.bold(status.model)}  ${status.task}, definition ${status.definitionVersion}`,
    `  champion   ${champion ? `version ${champion.version} since ${champion.since}, ${champion.endpoint}` : "none yet"}`,
    `  batches    ${status.batches} admitted${status.waiting ? `, ${status.waiting} waiting for the quiet period` : ""}`,
    ...(refused.last === null ? [] : [`  refused    ${refused.files}, the last: ${refused.last}`]),
    `  training   ${running ?? "none running"}`,
  ];
  if (lastVerdict)
    lines.push(
      `  verdict    version ${lastVerdict.version}: ${decisionColor[lastVerdict.decision](lastVerdict.decision)}`,
      ...lastVerdict.reasons.map((reason) => `             ${reason}`),
    );
  return lines.join("\n");
}

/** init, apply, status, train, rollback, release. */
export function addModelCommands(program: Command): void {
  program
    .command("init")
    .description("write a model project to start from: ratchet.yaml and training code")
    .argument("<folder>", "a new or empty folder")
    .option(...jsonOption)
    .action(async (folder: string, { json }: { readonly json?: boolean }) => {
      const files = await initProject(folder);
      createOutput(json === true).result(
        { folder, files },
        `wrote ${files.join(", ")} in ${folder}\nnext: ratchet apply ${folder}`,
      );
    });

  program
    .command("apply")
    .description("upload a model project, so that drops for its model are admitted and trained on")
    .argument("<folder>", "the folder that holds ratchet.yaml")
    .option(...jsonOption)
    .action(async (folder: string, _options, command: Command) => {
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
    });

  program
    .command("status")
    .description("say how far models are: champion, batches, training, last verdict")
    .argument("[model]", "one model; all that are applied where it is left out")
    .option(...jsonOption)
    .action(async (model: string | undefined, _options, command: Command) => {
      await withDeployment(command, async (deployment, output) => {
        const names = model ? [model] : await appliedModels(deployment);
        const found = await Promise.all(names.map((name) => modelStanding(deployment, name)));
        const statuses = found.filter((status) => status !== undefined);
        if (model && statuses.length === 0)
          throw new WrongInputError(`no model named ${model} is applied; run \`ratchet apply <folder>\``);
        const text =
          statuses.length > 0
            ? statuses.map(describeStatus).join("\n\n")
            : "no model is applied; run `ratchet apply <folder>`";
        output.result(model ? statuses[0] : statuses, text);
      });
    });

  program
    .command("train")
    .description("ask for training on all admitted batches now")
    .argument("<model>")
    .option("--again", "train even where a run on the same input has ended")
    .option(...jsonOption)
    .action(async (model: string, { again }: { readonly again?: boolean }, command: Command) => {
      await withDeployment(command, async (deployment, output) => {
        const admitted = await deployment
          .documents("batches")
          .read(paths.admissions(model), (json) => admissions.parse(json));
        const batches = admitted?.value.batches.map(({ batch }) => batch) ?? [];
        if (batches.length === 0)
          throw new WrongInputError(`no batch of ${model} is admitted yet; run \`ratchet drop ${model} <files>\``);
        const wish = {
          model,
          batches,
          reason: "request" as const,
          ...(again ? { again: new Date().toISOString() } : {}),
        };
        const { id } = await sendCommand(deployment, trainModel, wish);
        output.result({ model, batches, messageId: id }, `asked for training of ${model} on ${batches.length} batches`);
      });
    });

  program
    .command("promote")
    .description("put a judged version into production, whatever its verdict said")
    .argument("<model>")
    .argument("<version>")
    .requiredOption("--reason <text>", "why; it is recorded")
    .option(...jsonOption)
    .action(async (model: string, version: string, { reason }: { readonly reason: string }, command: Command) => {
      await withDeployment(command, async (deployment, output) => {
        const judged = await deployment
          .documents("verdicts")
          .read(paths.verdict(model, version), (json) => verdict.parse(json));
        if (!judged)
          throw new WrongInputError(
            `${model} ${version} was never judged, so there is nothing to promote; \`ratchet status ${model}\` shows the last verdict`,
          );
        const wish = { model, version, cause: "forced" as const, reason };
        const { id } = await sendCommand(deployment, deployModel, wish);
        output.result(
          { model, version, verdict: judged.value.decision, messageId: id },
          `asked to put ${model} ${version} into production (its verdict was ${judged.value.decision}); \`ratchet status ${model}\` shows when it is done`,
        );
      });
    });

  program
    .command("rollback")
    .description("put the release before the champion back into production")
    .argument("<model>")
    .requiredOption("--reason <text>", "why; it is recorded")
    .option(...jsonOption)
    .action(async (model: string, { reason }: { readonly reason: string }, command: Command) => {
      await withDeployment(command, async (deployment, output) => {
        const status = await modelStanding(deployment, model);
        if (!status?.champion) throw new WrongInputError(`nothing serves ${model}, so there is nothing to roll back`);
        // Named, so that a promotion that overtakes the wish is not undone in place of what was looked at.
        const wish = { model, from: status.champion.version, reason, requestedBy: operatorName() };
        const { id } = await sendCommand(deployment, rollBackModel, wish);
        output.result(
          { model, messageId: id },
          `asked to roll back ${model} from version ${status.champion.version}; \`ratchet status ${model}\` shows when it is done`,
        );
      });
    });

  program
    .command("subscribe")
    .description("have events delivered to a webhook, e.g. to learn of every promoted model")
    .argument("<name>", "name of the subscription")
    .argument("<url>", "https address of the webhook; it is asked first whether it wants the events")
    .option(
      "--type <type>",
      "an event type; may be given again; every type where it is left out",
      collect,
      [] as string[],
    )
    .addOption(
      new Option("--topic <name>", "name of the Event Grid topic").default(eventTopic).env("RATCHET_EVENT_TOPIC"),
    )
    .option(...jsonOption)
    .action(
      async (
        name: string,
        url: string,
        { type, topic }: { readonly type: readonly string[]; readonly topic: string },
        command: Command,
      ) => {
        await withDeployment(command, async (deployment, output) => {
          const { subscribe } = await import("../commands/subscribe.ts");
          await subscribe(deployment, { name, url, types: type, topic });
          output.result(
            { name, url, types: type },
            `${url} now receives ${type.length > 0 ? type.join(", ") : "every event"}`,
          );
        });
      },
    );

  program
    .command("release")
    .description("release inference code: every champion is republished with it, by the same smoke test and swap")
    .argument("[bundle]", "a zip made by the inference service's build; built from this clone where it is left out")
    .option(...jsonOption)
    .action(async (bundle: string | undefined, _options, command: Command) => {
      await withDeployment(command, async (deployment, output) => {
        const released = await uploadBundle(deployment, bundle);
        output.result(
          released,
          `released inference code ${released.sha256.slice(0, 12)} (${(released.bytes / 1e6).toFixed(1)} MB)`,
        );
      });
    });
}
