import type { ServiceBusMessage, ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";

const patienceMs = 15_000;
/** Long enough for a message that should not be there to show itself. */
const silenceMs = 700;

/**
 * The next message.
 * @throws {Error} when none comes in time.
 */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: patienceMs });
  if (!message) throw new Error(`No message came from '${receiver.entityPath}' in ${patienceMs} ms.`);
  return message;
}

/**
 * This many messages, however many calls it takes.
 * @throws {Error} when fewer come, and then no more in time.
 */
export async function receiveAll(
  receiver: ServiceBusReceiver,
  count: number,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const messages: ServiceBusReceivedMessage[] = [];
  while (messages.length < count) {
    const more = await receiver.receiveMessages(count - messages.length, { maxWaitTimeInMs: patienceMs });
    if (more.length === 0)
      throw new Error(`${messages.length} of ${count} messages came from '${receiver.entityPath}'.`);
    messages.push(...more);
  }
  return messages;
}

/** What is left after a little while: for showing that nothing is. */
export function receiveRest(receiver: ServiceBusReceiver): Promise<readonly ServiceBusReceivedMessage[]> {
  return receiver.receiveMessages(10, { maxWaitTimeInMs: silenceMs });
}

export function bodies(messages: readonly ServiceBusMessage[]): readonly unknown[] {
  return messages.map((message) => message.body);
}
