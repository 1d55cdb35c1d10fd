import type { Command } from "commander";
import colors from "picocolors";
import type { RatchetCommand } from "../command-line/command.ts";
import { jsonOption } from "../command-line/options.ts";
import { withDeployment } from "../command-line/with-deployment.ts";
import { table } from "../output.ts";

export const command: RatchetCommand = {
  group: "failures",
  place: 10,
  examples: ["ratchet dead-letters", "ratchet dead-letters train-model"],
  define: (command) =>
    command
      .description("list messages that failed, with the reason")
      .argument("[queue]", "one queue; all where it is left out")
      .option(...jsonOption)
      .action(async (queue: string | undefined, _options, command: Command) => {
        await withDeployment(command, async (deployment, output) => {
          const { deadLetterReason, deadLetters, queueNamed } = await import("../commands/dead-letters.ts");
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
      }),
};
