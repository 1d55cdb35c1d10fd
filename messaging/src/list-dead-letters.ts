import type { ServiceBusClient } from "@azure/service-bus";
import type { QueueName } from "@ratchet/contracts";
import Long from "long";
import { type DeadLetter, toDeadLetter } from "./dead-letter.ts";

const pageSize = 250;

/** All messages in a queue's dead-letter queue, oldest first. Nothing is locked or taken. */
export async function listDeadLetters(client: ServiceBusClient, queue: QueueName): Promise<readonly DeadLetter[]> {
  const receiver = client.createReceiver(queue, { subQueueType: "deadLetter" });
  try {
    const found: DeadLetter[] = [];
    // Said each time: without it the SDK goes on from where this client's last look at the queue, by anybody, ended.
    let fromSequenceNumber = Long.ZERO;
    for (;;) {
      const page = await receiver.peekMessages(pageSize, { fromSequenceNumber });
      const last = page.at(-1)?.sequenceNumber;
      if (!last) return found;
      found.push(...page.map((message) => toDeadLetter(queue, message)));
      fromSequenceNumber = last.add(1);
    }
  } finally {
    await receiver.close();
  }
}
