import { ServiceBusClient as Client, type ServiceBusClient } from "@azure/service-bus";
import { startServiceBus } from "@local-azure/service-bus";
import { brokerSettings, type QueueName, queues } from "@ratchet/contracts";
import { azureBlobs } from "@ratchet/state";
import type { World } from "@ratchet/testing";
import type { Surroundings } from "../surroundings.ts";

/** A real broker and real storage, and an operator on them. */
export interface Ground extends AsyncDisposable {
  readonly world: World<"console">;
  readonly surroundings: Surroundings;
  readonly client: ServiceBusClient;
  readonly connectionString: string;
  /** An operator in another process, or at another time. */
  as(change: Partial<Surroundings>): Surroundings;
  /** Puts bodies into a queue's dead-letter queue, as the broker does it by itself. */
  deadLetter(
    queue: QueueName,
    bodies: readonly unknown[],
    properties?: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Takes all that is in a queue, and gives the bodies. */
  drain(queue: QueueName): Promise<readonly unknown[]>;
}

/**
 * A broker of its own on storage that is there already, with nothing of an operator in it.
 * @param names the queues. Their locks are short, so that tests need not wait for a killed process's.
 */
export async function startGround(world: World<"console">, names: readonly QueueName[]): Promise<Ground> {
  const bus = await startServiceBus({
    queues: names.map((name) => ({
      name,
      ...brokerSettings(queues[name]),
      requiresSession: false,
      lockDuration: "PT2S",
    })),
  });
  const client = new Client(bus.connectionString, { retryOptions: { maxRetries: 0 } });
  const surroundings: Surroundings = {
    by: "ada",
    worker: `test/${process.pid}`,
    client: () => client,
    operations: azureBlobs(world.container("operations")),
    documents: world.documents("operations"),
    undelivered: azureBlobs(world.container("event-dead-letters")),
    clock: () => new Date(),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
  let sent = 0;
  return {
    world,
    surroundings,
    client,
    connectionString: bus.connectionString,
    as: (change) => ({ ...surroundings, ...change }),
    async deadLetter(queue, bodies, applicationProperties = {}) {
      const messages = bodies.map((body) => {
        sent += 1;
        return { body, messageId: `letter-${sent}`, applicationProperties };
      });
      await client.createSender(queue).sendMessages(messages);
      const receiver = client.createReceiver(queue);
      for (let left = messages.length; left > 0; ) {
        const received = await receiver.receiveMessages(left);
        await Promise.all(received.map((message) => receiver.deadLetterMessage(message)));
        left -= received.length;
      }
      await receiver.close();
    },
    async drain(queue) {
      const receiver = client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
      const bodies: unknown[] = [];
      for (;;) {
        const received = await receiver.receiveMessages(500, { maxWaitTimeInMs: 150 });
        bodies.push(...received.map(({ body }) => body));
        if (received.length === 0) break;
      }
      await receiver.close();
      return bodies;
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await bus.close();
      for (const blobs of [surroundings.operations, surroundings.undelivered])
        for await (const { path } of blobs.list("")) await blobs.remove(path);
    },
  };
}
