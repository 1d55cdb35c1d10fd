import { type QueueName, queues } from "@ratchet/contracts";
import { type DeadLetter, listDeadLetters } from "@ratchet/messaging";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";

const queueNames = Object.keys(queues) as QueueName[];

/** @throws {WrongInputError} when there is no such queue; it names those that there are. */
export function queueNamed(name: string): QueueName {
  const found = queueNames.find((queue) => queue === name);
  if (found) return found;
  throw new WrongInputError(`there is no queue ${name}; the queues are ${queueNames.join(", ")}`);
}

/** The dead letters of one queue, or of all. */
export async function deadLetters(deployment: Deployment, queue?: QueueName): Promise<readonly DeadLetter[]> {
  const client = deployment.serviceBus();
  const found = await Promise.all((queue ? [queue] : queueNames).map((name) => listDeadLetters(client, name)));
  return found.flat();
}

/** Why a message is a dead letter, in a sentence: the service's own words where there are any. */
export const deadLetterReason = (letter: DeadLetter): string =>
  letter.failure
    ? `${letter.failure.name}: ${letter.failure.message}`
    : [letter.brokerReason, letter.brokerDescription].filter(Boolean).join(": ") || "no reason given";
