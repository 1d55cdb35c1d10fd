import type { Finding, RowsScore } from "@ratchet/contracts";
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
  readonly picture?: string;
}

const colorOf = {
  admitted: colors.green,
  waiting: colors.yellow,
  quarantined: colors.magenta,
  withdrawn: colors.red,
} as const;

/** Why a batch stands as it does, where that has to be said. */
function becauseOf({ withdrawn, quarantined, released }: ListedBatch): string {
  if (withdrawn) return ` ${withdrawn.at}: ${withdrawn.reason}`;
  if (quarantined) return ` ${quarantined.at}: ${quarantined.finding}`;
  return released ? `, out of quarantine: ${released.reason}` : "";
}

const stateOf = (batch: ListedBatch): string =>
  `${colorOf[batch.state satisfies BatchState](batch.state)}${becauseOf(batch)}`;

/** How many rows train and judge; of batches from before that was listed, nothing. */
const rowsOf = ({ rows }: ListedBatch): readonly [string, string] =>
  rows ? [String(rows.train), String(rows.holdout)] : ["", ""];

const runsIn = (runs: AskedOfBatch["trainedOn"]): string =>
  runs.length === 0
    ? "nothing was trained on it"
    : `trained on it: ${runs.map(({ runId, version, status, isChampion }) => `${runId} (version ${version}, ${isChampion ? "the champion" : status})`).join(", ")}`;

/** One finding, in words and in numbers. */
const findingIn = ({ kind, sentence, effect, limit, probability }: Finding): string =>
  `             ${kind}: ${sentence} (${effect.toPrecision(3)}, and ${limit.toPrecision(3)} is allowed; by chance ${probability.toPrecision(2)})`;

function rowsScoreIn(score: RowsScore): string {
  if ("right" in score) {
    const rows = score.right + score.wrong;
    return `right on ${((100 * score.right) / rows).toFixed(1)} % of ${rows} rows`;
  }
  return `a mean squared error of ${score.mean.toPrecision(3)} on ${score.rows} rows`;
}

/** What the champion makes of the batch, or why that is not known. */
function championIn({ championOnBatch }: NonNullable<ShownBatch["evidence"]>): readonly string[] {
  if (!championOnBatch) return [];
  const { champion, score, leftOut } = championOnBatch;
  const said = score ? `${rowsScoreIn(score.batch)}; others: ${rowsScoreIn(score.others)}` : `not asked: ${leftOut}`;
  return [`  champion   ${champion === undefined ? "" : `version ${champion}, `}${said}`];
}

function evidenceIn(evidence: ShownBatch["evidence"]): readonly string[] {
  if (!evidence) return [];
  const { standsOut, findings, found, summary, compared } = evidence;
  if (!standsOut) return [`  compared   ${summary}`, ...championIn(evidence)];
  const more = found - findings.length;
  return [
    `  compared   stands out: ${compared.tests} comparisons of ${compared.columns} columns, ${compared.rows} rows with ${compared.rowsBefore} before`,
    ...findings.map(findingIn),
    ...(more > 0 ? [`             and ${more} more`] : []),
    ...championIn(evidence),
  ];
}

/** What can be done about a batch in quarantine. */
const adviceOn = (action: string, model: string, batch: string): string =>
  `  to do      \`ratchet batches ${action} ${model} ${batch} --reason "…"\``;

function describe({ model, batch, file, admittedAt, rows, bytes, definitionVersion, ...rest }: ShownBatch): string {
  const { by } = rest.withdrawn ?? rest.released ?? {};
  const came = rest.quarantined ? "came      " : "admitted  ";
  return [
    `${colors.bold(batch)}  of ${model}`,
    `  file       ${file}, ${bytes} bytes`,
    `  ${came} ${admittedAt}, by definition ${definitionVersion}`,
    `  rows       ${rows.train} to train on, ${rows.holdout} held out to judge`,
    `  state      ${stateOf({ batch, file, admittedAt, ...rest })}${by === undefined ? "" : `, says ${by}`}`,
    `  runs       ${runsIn(rest.trainedOn)}`,
    ...evidenceIn(rest.evidence),
    ...(rest.state === "quarantined" ? ["admit", "withdraw"].map((action) => adviceOn(action, model, batch)) : []),
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

async function show(
  deployment: Deployment,
  output: Output,
  [model, batch]: readonly [string, string],
  { picture }: Options,
): Promise<void> {
  const { drawBatch, showBatch } = await import("../commands/batches.ts");
  const shown = await showBatch(deployment, model, batch);
  if (picture !== undefined) {
    await drawBatch(shown, picture);
    output.note(`drawn into ${picture}`);
  }
  output.result(shown, describe(shown));
}

type ChangingAction = "admit" | "withdraw" | "restore";

async function change(
  action: ChangingAction,
  deployment: Deployment,
  output: Output,
  [model, batch]: readonly [string, string],
  options: Options,
): Promise<void> {
  const how = { reason: reasonOf(action, options), train: options.train };
  const { askToAdmit, askToRestore, askToWithdraw } = await import("../commands/batches.ts");
  const asking = { admit: askToAdmit, withdraw: askToWithdraw, restore: askToRestore } as const;
  const asked = await asking[action](deployment, model, batch, how);
  const training = how.train ? "; a training on what the model then has is asked for with it" : "";
  output.result(
    asked,
    `asked to ${action} ${batch} (${asked.file}) of ${model}${training}; ${runsIn(asked.trainedOn)}`,
  );
}

export const command: RatchetCommand = {
  group: "data",
  place: 30,
  examples: [
    "ratchet batches list digits",
    "ratchet batches show digits 3f1c9a0b5d7e2468 --picture evidence.svg",
    'ratchet batches admit digits 3f1c9a0b5d7e2468 --reason "new camera"',
    'ratchet batches withdraw digits 3f1c9a0b5d7e2468 --reason "blurred"',
  ],
  define: (command) =>
    command
      .description("look at what a model has admitted or keeps in quarantine, and take batches in, out or back")
      .addArgument(
        new Argument(
          "<action>",
          "what to do: a batch that is withdrawn or in quarantine neither trains nor judges",
        ).choices(["list", "show", "admit", "withdraw", "restore"]),
      )
      .argument("<model>", "the model")
      .argument("[batch]", "the batch, for all but list")
      .option("--reason <text>", "why it is admitted, withdrawn or restored; it is recorded")
      .option("--train", "train at once on what the model then has, from the beginning")
      .option("--picture <file.svg>", "of show: draw what makes the batch stand out into this file")
      .option(...jsonOption)
      .action(async (action: string, model: string, batch: string | undefined, options: Options, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          if (action === "list") return list(deployment, output, model);
          const named = batchOf(action, model, batch);
          if (action === "show") return show(deployment, output, [model, named], options);
          return change(action as ChangingAction, deployment, output, [model, named], options);
        });
      }),
};
