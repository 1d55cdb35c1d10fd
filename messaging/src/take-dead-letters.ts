import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";
import type { QueueName } from "@ratchet/contracts";
import { type DeadLetter, toDeadLetter } from "./dead-letter.ts";

/** The SDK has room for 2,048 messages on a link until the first of them is settled. */
const mostOnOneLink = 2_000;
/** How long to wait for a letter: those that are there come at once. */
const maxWaitTimeInMs = 1_000;

/** Dead letters of one queue, locked for whoever has asked: nobody else gets them meanwhile. */
export interface TakenDeadLetters {
  /** The next ones, none twice; none where there are no more, or others hold them. */
  next(most: number): Promise<readonly DeadLetter[]>;
  /** Takes letters out of the dead-letter queue, for good. */
  complete(letters: readonly DeadLetter[]): Promise<void>;
  /** Gives back all that was taken and not completed, and ends. */
  close(): Promise<void>;
}

interface Held {
  readonly message: ServiceBusReceivedMessage;
  readonly receiver: ServiceBusReceiver;
}

/** Locks dead letters, some at a time and none twice, over as many links as it takes to hold them all. */
export function takeDeadLetters(client: ServiceBusClient, queue: QueueName): TakenDeadLetters {
  const receivers: ServiceBusReceiver[] = [];
  const held = new Map<string, Held>();
  let taken = 0;
  const linkWithRoom = (most: number): ServiceBusReceiver => {
    const last = receivers.at(-1);
    if (last && taken + most <= mostOnOneLink) return last;
    taken = 0;
    const next = client.createReceiver(queue, { subQueueType: "deadLetter" });
    receivers.push(next);
    return next;
  };
  return {
    async next(most) {
      const receiver = linkWithRoom(most);
      const messages = await receiver.receiveMessages(most, { maxWaitTimeInMs });
      taken += messages.length;
      for (const message of messages) held.set(String(message.sequenceNumber), { message, receiver });
      return messages.map((message) => toDeadLetter(queue, message));
    },
    async complete(letters) {
      await Promise.all(
        letters.map(async ({ sequenceNumber }) => {
          const { message, receiver } = held.get(sequenceNumber) ?? notHeld(queue, sequenceNumber);
          await receiver.completeMessage(message);
          held.delete(sequenceNumber);
        }),
      );
    },
    async close() {
      // In a turn of their own, after all that was completed: the SDK gives all that is settled in one turn the outcome
      // of the first.
      const left = [...held.values()];
      await Promise.allSettled(left.map(({ message, receiver }) => receiver.abandonMessage(message)));
      await Promise.all(receivers.map((receiver) => receiver.close()));
    },
  };
}

function notHeld(queue: QueueName, number: string): never {
  throw new RangeError(`dead letter ${number} of ${queue} was not taken before`);
}
