import type { AccessPolicy } from "../access/access-policy.ts";
import type { Turn } from "../amqp/turn.ts";
import type { Dispatcher } from "../namespace/dispatcher.ts";
import type { LiveEntities } from "../namespace/live-entities.ts";
import type { Namespace } from "../namespace.ts";
import type { Journal } from "../queue/journal.ts";

/** What links need to know of the broker that they belong to. */
export interface Broker {
  readonly namespace: Namespace;
  readonly entities: LiveEntities;
  readonly journal: Journal;
  readonly access: AccessPolicy;
  readonly turn: Turn;
  clock(): number;
  /** Has the dispatcher hand out what there is at the end of this turn. */
  wake(dispatcher: Dispatcher): void;
}
