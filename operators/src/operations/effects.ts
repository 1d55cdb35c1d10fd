import type { ServiceBusSender } from "@azure/service-bus";
import {
  type LetterAction,
  type LetterOperation,
  type LetterSelection,
  parseEnvelope,
  type QueueName,
  queues,
} from "@ratchet/contracts";
import { copyForReplay, type OutgoingMessage, toMessage } from "@ratchet/messaging";
import { atATime } from "@ratchet/state";
import type { Letter } from "../letters/letter.ts";
import { keepLetter } from "../sources/archive.ts";
import type { Surroundings } from "../surroundings.ts";
import { restoredMessage } from "./restored-message.ts";
import { sendAll } from "./send-all.ts";

/** What has to be done with letters before they are let go of. Done twice, it is done once. */
export interface Effects {
  readonly before: (letters: readonly Letter[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The actions that send something: what they send is one message however often, as long as the queue knows duplicates. */
export const sendingActions: ReadonlySet<string> = new Set<LetterAction>([
  "replay",
  "send-elsewhere",
  "edit",
  "restore",
]);

const keptAtOnce = 16;

const isQueue = (name: string | undefined): name is QueueName => name !== undefined && Object.hasOwn(queues, name);

/** The queue that a letter is sent to; undefined where there is none. */
export const targetOf = ({ to }: Pick<LetterOperation, "to">, { queue }: Letter): QueueName | undefined =>
  isQueue(to) ? to : queue;

/** A letter has no queue to be sent to: it was for a webhook. */
export class NoQueueError extends Error {
  override readonly name = "NoQueueError";

  constructor(id: string) {
    super(`${id} was for a webhook and not for a queue: archive or purge it, or send it elsewhere`);
  }
}

/** What an operation does with each letter. */
export function effectsOf(
  { client, documents, clock }: Surroundings,
  operation: LetterOperation,
  { edited }: LetterSelection,
): Effects {
  const { action, by, reason, id } = operation;
  const senders = new Map<QueueName, ServiceBusSender>();
  const senderOf = (queue: QueueName): ServiceBusSender => {
    const sender = senders.get(queue) ?? client().createSender(queue);
    senders.set(queue, sender);
    return sender;
  };
  const send = async (
    letters: readonly Letter[],
    messageOf: (letter: Letter, queue: QueueName) => OutgoingMessage,
  ): Promise<void> => {
    const byQueue = Map.groupBy(letters, (letter) => {
      const queue = targetOf(operation, letter);
      if (queue === undefined) throw new NoQueueError(letter.id);
      return queue;
    });
    for (const [queue, of] of byQueue)
      await sendAll(
        senderOf(queue),
        of.map((letter) => messageOf(letter, queue)),
      );
  };
  const keep = async (letters: readonly Letter[], editedInto?: string): Promise<void> => {
    const at = clock().toISOString();
    const kept = { by, at, reason, operation: id, ...(editedInto === undefined ? {} : { editedInto }) };
    await atATime(keptAtOnce, letters, (letter) => keepLetter(documents, { letter, ...kept }));
  };
  const replayed = (letter: Letter, queue: QueueName): OutgoingMessage => {
    // Sessions of one queue mean nothing to another.
    const sessionId = queue === letter.queue ? letter.sessionId : undefined;
    return copyForReplay({ ...letter, sessionId, sequenceNumber: letter.number, envelope: letter.event }, queue);
  };
  const before = async (letters: readonly Letter[]): Promise<void> => {
    switch (action as LetterAction) {
      case "replay":
      case "send-elsewhere":
        return send(letters, replayed);
      case "archive":
        return keep(letters);
      case "edit": {
        const event = parseEnvelope(edited);
        // The original is kept first: whatever becomes of the edit, it can be looked up and restored.
        await keep(letters, event.id);
        return send(letters, (_, queue) => toMessage(queue, event));
      }
      case "restore":
        return send(letters, restoredMessage);
      case "purge":
        return;
      default:
        throw new TypeError(`this version does not know how to ${action} dead letters; use a newer one`);
    }
  };
  return {
    before,
    close: async () => void (await Promise.all([...senders.values()].map((sender) => sender.close()))),
  };
}
