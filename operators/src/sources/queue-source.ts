import type { ServiceBusClient } from "@azure/service-bus";
import type { QueueName } from "@ratchet/contracts";
import { type DeadLetter, listDeadLetters, takeDeadLetters } from "@ratchet/messaging";
import { ofDeadLetter } from "../letters/of-dead-letter.ts";
import type { LetterSource } from "./source.ts";

/** The dead-letter queue of a queue. */
export const queueSource = (client: ServiceBusClient, queue: QueueName): LetterSource => ({
  list: async () => (await listDeadLetters(client, queue)).map(ofDeadLetter),
  take() {
    const taken = takeDeadLetters(client, queue);
    const held = new Map<string, DeadLetter>();
    return {
      async next(wanted, most) {
        const received = await taken.next(most);
        const letters = received.map((one) => ({ one, letter: ofDeadLetter(one) }));
        const chosen = letters.filter(({ letter }) => wanted.has(letter.id));
        for (const { one, letter } of chosen) held.set(letter.id, one);
        return { letters: chosen.map(({ letter }) => letter), more: received.length > 0 };
      },
      async complete(letters) {
        await taken.complete(letters.flatMap(({ id }) => held.get(id) ?? []));
        for (const { id } of letters) held.delete(id);
      },
      close: () => taken.close(),
    };
  },
});
