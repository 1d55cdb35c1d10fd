import { durationToMilliseconds } from "../duration.ts";
import { forever } from "../entities.ts";
import type { Namespace } from "../namespace.ts";
import type { LiveEntities, LiveEntity } from "./live-entities.ts";
import { queuesOf, receivingParts } from "./parts-of.ts";

/**
 * Deletes the entities that nobody has used for as long as their `autoDeleteOnIdle` says, with all that is in them.
 *
 * Used is what is sent to, received from, looked into or changed, and what holds a scheduled message; the arrival of a
 * message does not use a subscription. The time before `startedAt` does not count: nobody could use it then.
 */
export function deleteIdle(namespace: Namespace, entities: LiveEntities, startedAt: number, now: number): void {
  for (const entity of [...entities.values()]) {
    if (entity.description.autoDeleteOnIdle === forever) continue;
    if (isInUse(entity)) {
      entity.accessedAt = now;
      continue;
    }
    const patience = durationToMilliseconds(entity.description.autoDeleteOnIdle, "autoDeleteOnIdle");
    const lastUsed = Math.max(entity.accessedAt, entity.modifiedAt, startedAt);
    if (now - lastUsed >= patience) void remove(namespace, entity);
  }
}

function isInUse(entity: LiveEntity): boolean {
  if (queuesOf(entity).some(({ schedule }) => schedule.size > 0)) return true;
  if (entity.kind === "topic") return [...entity.subscriptions.values()].some(isInUse);
  return receivingParts(entity).some((dispatcher) => !dispatcher.isIdle);
}

async function remove(namespace: Namespace, entity: LiveEntity): Promise<void> {
  switch (entity.kind) {
    case "queue":
      return namespace.deleteQueue(entity.path);
    case "topic":
      return namespace.deleteTopic(entity.path);
    case "subscription": {
      const { topicName, subscriptionName } = entity.description;
      // Gone with its topic, where that was idle too.
      if (namespace.findSubscription(topicName, subscriptionName)) {
        await namespace.deleteSubscription(topicName, subscriptionName);
      }
    }
  }
}
