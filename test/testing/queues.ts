import { randomUUID } from "node:crypto";
import { ServiceBusAdministrationClient } from "@azure/service-bus";
import type { Deployment } from "@ratchet/cli/deployment";
import { patience } from "@ratchet/cli/observe/patience";
import { dataRefused, type Envelope, type QueueName, queues } from "@ratchet/contracts";
import type { Stack } from "./stack.ts";
import type { WeatherModel } from "./weather.ts";

/** Sends a message that was sent before as the broker would not recognise it: under a new message id. */
export async function sendCopy({ running }: Stack, queue: QueueName, envelope: Envelope): Promise<void> {
  const sender = running.deployment.serviceBus().createSender(queue);
  const { model } = envelope.data as { readonly model?: string };
  try {
    await sender.sendMessages({
      messageId: randomUUID(),
      body: envelope,
      contentType: "application/cloudevents+json",
      subject: envelope.type,
      ...(queues[queue].requiresSession && model ? { sessionId: model } : {}),
    });
  } finally {
    await sender.close();
  }
}

/** Queues are infrastructure's: operators look into them and do not change them. */
const administrationOf = ({ setting, infrastructure, credential }: Deployment) =>
  new ServiceBusAdministrationClient(setting("ServiceBus__fullyQualifiedNamespace"), infrastructure ?? credential);

/** What a killed process was at work on comes again when its lock has run out: in seconds, not in minutes. */
export async function shortenLocks(deployment: Deployment, lockDuration: string): Promise<void> {
  const administration = administrationOf(deployment);
  for (const queue of Object.keys(queues))
    await administration.updateQueue({ ...(await administration.getQueue(queue)), lockDuration });
}

/**
 * Waits until all that was sent so far has been seen to: no queue holds a message that is not scheduled for later, and
 * a file dropped after it all has been refused, through storage, Event Grid, queue, service, topic and ledger.
 */
export async function untilSettled(stack: Stack, model: WeatherModel): Promise<void> {
  const { running, observer } = stack;
  const administration = administrationOf(running.deployment);
  const untilIdle = () =>
    observer.until(
      "queues without a message",
      async () => {
        const counts = await Promise.all(
          Object.keys(queues).map(
            async (queue) => (await administration.getQueueRuntimeProperties(queue)).activeMessageCount,
          ),
        );
        return counts.every((count) => count === 0) ? true : undefined;
      },
      patience.soon,
    );
  await untilIdle();
  const blob = running.deployment.container("drops").getBlockBlobClient(`${model.name}/fence-${randomUUID()}.csv`);
  await blob.upload("", 0);
  await observer.waitFor(dataRefused, ({ data }) => data.file === blob.name, patience.soon);
  await untilIdle();
}
