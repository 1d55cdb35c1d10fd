import type { Command } from "commander";
import type { RatchetCommand } from "../command-line/command.ts";
import { confirmed } from "../command-line/confirm.ts";
import { collect, jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import { exitCodes, WrongInputError } from "../errors.ts";

interface Options {
  readonly number?: readonly string[];
  readonly all?: boolean;
  readonly yes?: boolean;
}

export const command: RatchetCommand = {
  group: "failures",
  place: 20,
  examples: ["ratchet replay data-dropped --all", "ratchet replay train-model --number 7 --number 9 --yes"],
  define: (command) =>
    command
      .description("send dead letters to their queue again, once their cause is mended")
      .argument("<queue>", "the queue that they failed in")
      .option("--number <number>", "a dead letter's number; may be given again", collect)
      .option("--all", "every dead letter that is there now")
      .option("--yes", "do not ask")
      .option(...jsonOption)
      .action(async (name: string, { number: numbers = [], all = false, yes }: Options, command: Command) => {
        const { queueNamed } = await import("../commands/dead-letters.ts");
        const queue = queueNamed(name);
        if (!all && numbers.length === 0) throw new WrongInputError("say which: --number <number>, or --all");
        await withDeployment(command, async (deployment, output) => {
          const { chooseDeadLetters, replay } = await import("../commands/replay.ts");
          // The set is fixed here: what arrives after the question is not part of the answer.
          const letters = await chooseDeadLetters(deployment, queue, { all, numbers });
          if (letters.length === 0) {
            output.result({ replayed: [], gone: [] }, `${queue} has no dead letters`);
            return;
          }
          const question = `Replay ${letters.length} message${letters.length === 1 ? "" : "s"} of ${queue}?`;
          if (!yes && !(await confirmed(question))) {
            output.note("nothing was replayed");
            process.exitCode = exitCodes.failed;
            return;
          }
          const result = await replay(deployment, queue, letters, ({ replayed, total }) =>
            output.note(`replayed ${replayed} of ${total}`),
          );
          if (result.gone.length > 0) {
            output.note(`${result.gone.join(", ")} were gone: somebody else took them`);
            process.exitCode = exitCodes.failed;
          }
          output.result(result, `replayed ${result.replayed.length} of ${letters.length}`);
        });
      }),
};
