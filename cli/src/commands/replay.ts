import type { QueueName } from "@ratchet/contracts";
import { type DeadLetter, type ReplayResult, replayDeadLetters } from "@ratchet/messaging";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { deadLetters } from "./dead-letters.ts";

/**
 * The dead letters of a queue that are meant: all that are there now, or those with some numbers.
 * @throws {WrongInputError} when the queue does not have some of the numbers; it names them.
 */
export async function chooseDeadLetters(
  deployment: Deployment,
  queue: QueueName,
  { all, numbers }: { readonly all: boolean; readonly numbers: readonly string[] },
): Promise<readonly DeadLetter[]> {
  const letters = await deadLetters(deployment, queue);
  const unknown = numbers.filter((number) => !letters.some(({ sequenceNumber }) => sequenceNumber === number));
  if (unknown.length > 0)
    throw new WrongInputError(
      `${queue} has no dead letter ${unknown.join(", ")}; \`ratchet dead-letters ${queue}\` lists them`,
    );
  return all ? letters : letters.filter(({ sequenceNumber }) => numbers.includes(sequenceNumber));
}

/** Sends dead letters to their queue again. @returns what was replayed, and what somebody else had taken. */
export const replay = (
  deployment: Deployment,
  queue: QueueName,
  letters: readonly DeadLetter[],
  onProgress: (progress: { readonly replayed: number; readonly total: number }) => void,
): Promise<ReplayResult> =>
  replayDeadLetters(
    deployment.serviceBus(),
    queue,
    letters.map(({ sequenceNumber }) => sequenceNumber),
    { onProgress },
  );
