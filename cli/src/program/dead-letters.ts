import { createInterface } from "node:readline/promises";
import { replayDeadLetters } from "@ratchet/messaging";
import type { Command } from "commander";
import colors from "picocolors";
import { deadLetterReason, deadLetters, queueNamed } from "../commands/dead-letters.ts";
import { exitCodes, WrongInputError } from "../errors.ts";
import { table } from "../output.ts";
import { collect, jsonOption, withDeployment } from "./action.ts";

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new WrongInputError(`${question} Say --yes where nobody is there to ask.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** dead-letters, replay. */
export function addDeadLetterCommands(program: Command): void {
  program
    .command("dead-letters")
    .description("list messages that failed, with the reason")
    .argument("[queue]", "one queue; all where it is left out")
    .option(...jsonOption)
    .action(async (queue: string | undefined, _options, command: Command) => {
      await withDeployment(command, async (deployment, output) => {
        const letters = await deadLetters(deployment, queue ? queueNamed(queue) : undefined);
        const rows = letters.map((letter) => [
          letter.queue,
          letter.sequenceNumber,
          letter.enqueuedAt?.toISOString() ?? "",
          letter.envelope?.subject ?? letter.messageId,
          `${colors.red(deadLetterReason(letter))}${letter.replays ? ` (replayed ${letter.replays}×)` : ""}`,
        ]);
        const listed = table(["queue", "number", "since", "about", "reason"], rows);
        output.result(
          letters.map((letter) => ({ ...letter, reason: deadLetterReason(letter) })),
          letters.length > 0
            ? `${listed}\n\nreplay with: ratchet replay <queue> --number <number>, or --all`
            : "no dead letters",
        );
      });
    });

  program
    .command("replay")
    .description("send dead letters to their queue again, once their cause is mended")
    .argument("<queue>")
    .option("--number <number>", "a dead letter's number; may be given again", collect, [] as string[])
    .option("--all", "every dead letter that is there now")
    .option("--yes", "do not ask")
    .option(...jsonOption)
    .action(
      async (
        name: string,
        options: { readonly number: readonly string[]; readonly all?: boolean; readonly yes?: boolean },
        command: Command,
      ) => {
        const queue = queueNamed(name);
        if (!options.all && options.number.length === 0)
          throw new WrongInputError("say which: --number <number>, or --all");
        await withDeployment(command, async (deployment, output) => {
          // The set is fixed here: what arrives after the question is not part of the answer.
          const letters = await deadLetters(deployment, queue);
          const chosen = options.all
            ? letters
            : letters.filter(({ sequenceNumber }) => options.number.includes(sequenceNumber));
          const unknown = options.number.filter(
            (number) => !letters.some(({ sequenceNumber }) => sequenceNumber === number),
          );
          if (unknown.length > 0)
            throw new WrongInputError(
              `${queue} has no dead letter ${unknown.join(", ")}; \`ratchet dead-letters ${queue}\` lists them`,
            );
          if (chosen.length === 0) {
            output.result({ replayed: [], gone: [] }, `${queue} has no dead letters`);
            return;
          }
          const question = `Replay ${chosen.length} message${chosen.length === 1 ? "" : "s"} of ${queue}?`;
          if (!options.yes && !(await confirmed(question))) {
            output.note("nothing was replayed");
            process.exitCode = exitCodes.failed;
            return;
          }
          const result = await replayDeadLetters(
            deployment.serviceBus(),
            queue,
            chosen.map(({ sequenceNumber }) => sequenceNumber),
            { onProgress: ({ replayed, total }) => output.note(`replayed ${replayed} of ${total}`) },
          );
          if (result.gone.length > 0) {
            output.note(`${result.gone.join(", ")} were gone: somebody else took them`);
            process.exitCode = exitCodes.failed;
          }
          output.result(result, `replayed ${result.replayed.length} of ${chosen.length}`);
        });
      },
    );
}
