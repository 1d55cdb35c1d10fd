import type { ServiceBusClient } from "@azure/service-bus";
import { checkTrainingDue, type QueueName } from "@ratchet/contracts";

/** Few queues have nearly all letters of a bad night: this one, here. */
export const queue: QueueName = "training-due";

const atATime = 100;
const causes = 12;
const frames = Array.from({ length: 8 }, (_, line) => `    at step${line} (/app/dist/functions.cjs:${line}:1)`);

/** The n-th message, as a service leaves it when it has failed for good: of one of a dozen causes. */
function failedMessage(n: number) {
  const body = checkTrainingDue.build(
    { model: `model-${n % 40}` },
    { source: "data-watcher", time: new Date("2026-11-23T09:00:00Z"), cause: `bench ${n}` },
  );
  const name = `Error${n % causes}`;
  return {
    body,
    messageId: body.id,
    subject: body.type,
    contentType: "application/cloudevents+json",
    applicationProperties: {
      "ratchet-attempt": 1,
      "ratchet-failure-at": "2026-11-23T09:00:02.000Z",
      "ratchet-failure-name": name,
      "ratchet-failure-message": `it failed for the ${n}. time`,
      "ratchet-failure-stack": [`${name}: it failed`, `    at admit (/app/dist/functions.cjs:1:1)`, ...frames].join(
        "\n",
      ),
      "ratchet-failure-service": "data-watcher",
    },
  };
}

/** Sends messages, and has all of them dead-lettered or left where they are. */
export async function prepare(
  client: ServiceBusClient,
  { from, count, dead }: { readonly from: number; readonly count: number; readonly dead: boolean },
): Promise<void> {
  const sender = client.createSender(queue);
  for (let first = from; first < from + count; first += atATime)
    await sender.sendMessages(
      Array.from({ length: Math.min(atATime, from + count - first) }, (_, n) => failedMessage(first + n)),
    );
  await sender.close();
  if (!dead) return;
  const receiver = client.createReceiver(queue);
  for (let left = count; left > 0; ) {
    const messages = await receiver.receiveMessages(Math.min(atATime, left));
    await Promise.all(messages.map((message) => receiver.deadLetterMessage(message)));
    left -= messages.length;
  }
  await receiver.close();
}

/** The limit: receives, sends and completes messages, and does nothing else. Gives messages a second. */
export async function bareLoop(client: ServiceBusClient, count: number): Promise<number> {
  const receiver = client.createReceiver(queue, { subQueueType: "deadLetter" });
  const sender = client.createSender(queue);
  const began = performance.now();
  for (let left = count; left > 0; ) {
    const messages = await receiver.receiveMessages(Math.min(atATime, left));
    await sender.sendMessages(
      messages.map(({ body, messageId, applicationProperties = {} }) => ({
        body,
        messageId: `${messageId}~bare`,
        applicationProperties,
      })),
    );
    await Promise.all(messages.map((message) => receiver.completeMessage(message)));
    left -= messages.length;
  }
  const seconds = (performance.now() - began) / 1000;
  await Promise.all([receiver.close(), sender.close()]);
  return count / seconds;
}

/** Takes all that is in the queue, and gives how many messages there were and how many different ones. */
export async function drain(client: ServiceBusClient): Promise<{ readonly all: number; readonly different: number }> {
  const receiver = client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
  const ids = new Set<string>();
  let all = 0;
  for (;;) {
    const messages = await receiver.receiveMessages(1_000, { maxWaitTimeInMs: 500 });
    if (messages.length === 0) break;
    all += messages.length;
    for (const { body } of messages) ids.add(body.id);
  }
  await receiver.close();
  return { all, different: ids.size };
}
