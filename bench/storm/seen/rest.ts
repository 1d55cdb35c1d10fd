import { setTimeout as delay } from "node:timers/promises";
import { ServiceBusAdministrationClient } from "@azure/service-bus";
import { readAdmissions, readTrainingSlot } from "@ratchet/cli/model-records";
import { queues } from "@ratchet/contracts";
import { atATime } from "@ratchet/state";
import type { Stack } from "../stack/stack.ts";

const lookEveryMs = 500;
const readsAtATime = 16;

/** Whether no queue holds a message that is there to be received, or is being handled. */
export async function areQueuesIdle({ deployment }: Stack): Promise<boolean> {
  const namespace = deployment.setting("ServiceBus__fullyQualifiedNamespace");
  const administration = new ServiceBusAdministrationClient(
    namespace,
    deployment.infrastructure ?? deployment.credential,
  );
  const counts = await Promise.all(
    Object.keys(queues).map(
      async (queue) => (await administration.getQueueRuntimeProperties(queue)).activeMessageCount,
    ),
  );
  return counts.every((count) => count === 0);
}

async function isModelAtRest({ deployment }: Stack, model: string): Promise<boolean> {
  const [admissions, slot] = await Promise.all([
    readAdmissions(deployment, model),
    readTrainingSlot(deployment, model),
  ]);
  return !admissions?.pending && !slot?.running && !slot?.waiting;
}

/**
 * Waits until nothing waits for training, nothing trains, and no queue holds a message.
 * @param limitMs how long to wait at most.
 * @returns whether that came about.
 */
export async function untilAtRest(stack: Stack, models: readonly string[], limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  let restless = models;
  for (;;) {
    const rests = await atATime(readsAtATime, restless, (model) => isModelAtRest(stack, model));
    restless = restless.filter((_, index) => !rests[index]);
    if (restless.length === 0 && (await areQueuesIdle(stack))) return true;
    if (Date.now() > deadline) return false;
    await delay(lookEveryMs);
  }
}
