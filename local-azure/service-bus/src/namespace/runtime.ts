import type { EntityRuntime, MessageCounts } from "../namespace.ts";
import type { QueueState } from "../queue/state.ts";
import type { LiveEntity } from "./live-entities.ts";
import { queuesOf } from "./parts-of.ts";

/** What the administration client shows of an entity at this moment. */
export function runtimeOf(entity: LiveEntity): EntityRuntime {
  return {
    createdAt: new Date(entity.createdAt),
    modifiedAt: new Date(entity.modifiedAt),
    accessedAt: new Date(entity.accessedAt),
    counts: countsOf(entity),
    sizeInBytes: queuesOf(entity).reduce((sum, queue) => sum + queue.sizeInBytes, 0),
  };
}

/** The service counts locked and deferred messages among the active ones. */
function countsOf(entity: LiveEntity): MessageCounts {
  if (entity.kind === "topic") {
    return { active: 0, deadLetter: 0, scheduled: entity.inbox.counts.scheduled, transfer: 0, transferDeadLetter: 0 };
  }
  const { main, deadLetters, transferDeadLetters } = entity.parts;
  return {
    active: notScheduled(main.queue),
    deadLetter: notScheduled(deadLetters.queue),
    scheduled: main.queue.counts.scheduled,
    transfer: 0, // forwarding is done in the same step as arriving
    transferDeadLetter: notScheduled(transferDeadLetters.queue),
  };
}

function notScheduled({ counts }: QueueState): number {
  return counts.active + counts.locked + counts.deferred;
}
