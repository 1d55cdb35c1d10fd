import { Argument, type Command } from "commander";
import colors from "picocolors";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import type { AskedOfBatch, BatchState, ListedBatch, ShownBatch } from "../commands/batches.ts";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { type Output, table } from "../output.ts";

interface Options {
  readonly reason?: string;
  readonly train?: boolean;
}

const colorOf = { admitted: colors.green, waiting: colors.yellow, withdrawn: colors.red } as const;

const stateOf = ({ state, withdrawn }: ListedBatch): string =>
  `${colorOf[state satisfies BatchState](state)}${withdrawn ? ` ${withdrawn.at}: ${withdrawn.reason}` : ""}`;

/** How many rows train and judge; of batches from before that was listed, nothing. */
const rowsOf = ({ rows }: ListedBatch): readonly [string, string] =>
  rows ? [String(rows.train), String(rows.holdout)] : ["", ""];

const runsIn = (runs: AskedOfBatch["trainedOn"]): string =>
  runs.length === 0
    ? "nothing was trained on it"
    : `trained on it: ${runs.map(({ runId, version, status, isChampion }) => `${runId} (version ${version}, ${isChampion ? "the champion" : status})`).join(", ")}`;

function describe({ model, batch, file, admittedAt, rows, bytes, definitionVersion, ...rest }: ShownBatch): string {
  const { by } = rest.withdrawn ?? {};
  return [
    `${colors.bold(batch)}  of ${model}`,
    `  file       ${file}, ${bytes} bytes`,
    `  admitted   ${admittedAt}, by definition ${definitionVersion}`,
    `  rows       ${rows.train} to train on, ${rows.holdout} held out to judge`,
    `  state      ${stateOf({ batch, file, admittedAt, ...rest })}${by === undefined ? "" : `, says ${by}`}`,
    `  runs       ${runsIn(rest.trainedOn)}`,
  ].join("\n");
}

/** @throws {WrongInputError} when no batch is named. */
function batchOf(action: string, model: string, batch: string | undefined): string {
  if (batch === undefined)
    throw new WrongInputError(
      `name the batch: ratchet batches ${action} ${model} <batch>; \`ratchet batches list ${model}\` lists them`,
    );
  return batch;
}

/** @throws {WrongInputError} when no reason is given. */
function reasonOf(action: string, { reason }: Options): string {
  if (!reason) throw new WrongInputError(`say why: ratchet batches ${action} … --reason "…"; it is recorded`);
  return reason;
}

async function list(deployment: Deployment, output: Output, model: string): Promise<void> {
  const { listBatches } = await import("../commands/batches.ts");
  const batches = await listBatches(deployment, model);
  const rows = batches.map((one) => [one.batch, one.admittedAt, one.file, ...rowsOf(one), stateOf(one)]);
  const nothing = `${model} has admitted no batch yet; run \`ratchet drop ${model} <files>\``;
  output.result(
    batches,
    rows.length > 0 ? table(["batch", "admitted", "file", "train", "judge", "state"], rows) : nothing,
  );
}

async function show(deployment: Deployment, output: Output, model: string, batch: string): Promise<void> {
  const { showBatch } = await import("../commands/batches.ts");
  const shown = await showBatch(deployment, model, batch);
  output.result(shown, describe(shown));
}

async function change(
  action: "withdraw" | "restore",
  deployment: Deployment,
  output: Output,
  [model, batch]: readonly [string, string],
  options: Options,
): Promise<void> {
  const how = { reason: reasonOf(action, options), train: options.train };
  const { askToRestore, askToWithdraw } = await import("../commands/batches.ts");
  const asked = await (action === "withdraw" ? askToWithdraw : askToRestore)(deployment, model, batch, how);
  const training = how.train ? "; a training on what the model then has is asked for with it" : "";
  output.result(
    asked,
    `asked to ${action} ${batch} (${asked.file}) of ${model}${training}; ${runsIn(asked.trainedOn)}`,
  );
}

export const command: RatchetCommand = {
  group: "data",
  place: 30,
  examples: ["ratchet batches list digits", 'ratchet batches withdraw digits 3f1c9a0b5d7e2468 --reason "blurred"'],
  define: (command) =>
    command
      .description("look at what a model has admitted, and take batches out or back")
      .addArgument(
        new Argument("<action>", "what to do: a batch that is withdrawn neither trains nor judges").choices([
          "list",
          "show",
          "withdraw",
          "restore",
        ]),
      )
      .argument("<model>", "the model")
      .argument("[batch]", "the batch, for all but list")
      .option("--reason <text>", "why it is withdrawn or restored; it is recorded")
      .option("--train", "train at once on what the model then has, from the beginning")
      .option(...jsonOption)
      .action(async (action: string, model: string, batch: string | undefined, options: Options, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          if (action === "list") return list(deployment, output, model);
          const named = batchOf(action, model, batch);
          if (action === "show") return show(deployment, output, model, named);
          return change(action === "withdraw" ? "withdraw" : "restore", deployment, output, [model, named], options);
        });
      }),
};
