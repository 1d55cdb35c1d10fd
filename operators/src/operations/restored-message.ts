import { type QueueName, queues, shortDigest } from "@ratchet/contracts";
import { copyForReplay, type Failure, failureMarks, type OutgoingMessage } from "@ratchet/messaging";
import type { Letter } from "../letters/letter.ts";

const ofTheBroker = new Set(["DeadLetterReason", "DeadLetterErrorDescription"]);

const isSendable = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);

/** What the broker said, as a service would have written it. */
const failureOf = ({ failure, brokerReason, brokerDescription, attempts, since }: Letter, queue: QueueName): Failure =>
  failure ?? {
    name: brokerReason ?? "DeadLettered",
    message: brokerDescription ?? "no reason given",
    service: queues[queue].receiver,
    at: since,
    attempts: Math.max(1, attempts.length),
  };

/**
 * An archived letter on its way back into the dead-letter queue. Nobody can put a message there but the broker: so it goes
 * through the queue with its failure on board, by which the service refuses it on sight, until the broker has given up on it.
 */
export function restoredMessage(letter: Letter, queue: QueueName): OutgoingMessage {
  const { messageId, id, properties, place, number } = letter;
  const copy = copyForReplay({ ...letter, sequenceNumber: number, envelope: letter.event }, queue);
  const kept = Object.entries(properties).filter(([name, value]) => !ofTheBroker.has(name) && isSendable(value));
  const [stem = ""] = messageId.split("~");
  return {
    ...copy,
    messageId: `${stem.slice(0, 90)}~${shortDigest({ restored: id, place, messageId })}`,
    applicationProperties: {
      ...(Object.fromEntries(kept) as Record<string, string | number | boolean>),
      ...failureMarks(failureOf(letter, queue)),
    },
  };
}
