import type { ServiceBusSender } from "@azure/service-bus";
import type { OutgoingMessage } from "@ratchet/messaging";

/** Sends messages in as few batches as they fit in; messages of different sessions do not share one. */
export async function sendAll(sender: ServiceBusSender, messages: readonly OutgoingMessage[]): Promise<void> {
  for (const ofSession of Map.groupBy(messages, ({ sessionId }) => sessionId).values()) {
    let batch = await sender.createMessageBatch();
    for (const message of ofSession) {
      if (batch.tryAddMessage(message)) continue;
      if (batch.count > 0) await sender.sendMessages(batch);
      batch = await sender.createMessageBatch();
      // Larger than any batch: by itself, and the broker says what it makes of it.
      if (!batch.tryAddMessage(message)) await sender.sendMessages(message);
    }
    if (batch.count > 0) await sender.sendMessages(batch);
  }
}
