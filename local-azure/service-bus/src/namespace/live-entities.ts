import type { QueueDescription, SubscriptionDescription, TopicDescription } from "../entities.ts";
import { EntityDisabledError, EntityNotFoundError } from "../errors.ts";
import type { CompiledRule } from "../message.ts";
import type { QueueState } from "../queue/state.ts";
import { type Address, type Part, parseAddress } from "./address.ts";
import type { Dispatcher } from "./dispatcher.ts";

/** When an entity was made, changed and last used; milliseconds since 1970. */
export interface EntityTimes {
  readonly createdAt: number;
  modifiedAt: number;
  accessedAt: number;
}

interface LiveRule {
  readonly compiled: CompiledRule;
  readonly createdAt: number;
}

interface Receiving extends EntityTimes {
  readonly path: string;
  readonly parts: Readonly<Record<Part, Dispatcher>>;
}

export interface LiveQueue extends Receiving {
  readonly kind: "queue";
  description: QueueDescription;
}

export interface LiveSubscription extends Receiving {
  readonly kind: "subscription";
  description: SubscriptionDescription;
  readonly topic: LiveTopic;
  /** By name in lower case. */
  readonly rules: Map<string, LiveRule>;
}

/** What one can receive from. */
export type LiveReceiving = LiveQueue | LiveSubscription;

export interface LiveTopic extends EntityTimes {
  readonly kind: "topic";
  readonly path: string;
  description: TopicDescription;
  /** Messages pass through it; only scheduled ones stay. */
  readonly inbox: QueueState;
  /** By key. */
  readonly subscriptions: Map<string, LiveSubscription>;
}

export type LiveEntity = LiveReceiving | LiveTopic;

/** The entities of a namespace by key. */
export class LiveEntities {
  readonly #byKey = new Map<string, LiveEntity>();

  set(key: string, entity: LiveEntity): void {
    this.#byKey.set(key, entity);
  }

  delete(key: string): void {
    this.#byKey.delete(key);
  }

  get(key: string): LiveEntity | undefined {
    return this.#byKey.get(key);
  }

  values(): Iterable<LiveEntity> {
    return this.#byKey.values();
  }

  /**
   * The entity that a link's address names.
   * @throws {EntityNotFoundError} when there is none.
   */
  find(text: string): { readonly entity: LiveEntity; readonly address: Address } {
    const address = parseAddress(text);
    const entity = this.#byKey.get(address.key);
    if (!entity || (entity.kind === "topic" && address.part !== "main")) throw new EntityNotFoundError(text);
    return { entity, address };
  }
}

/** Where an entity is in Resource Manager, below its namespace. */
export function resourcePathOf(entity: LiveEntity): string {
  if (entity.kind === "queue") return `queues/${entity.description.name}`;
  if (entity.kind === "topic") return `topics/${entity.description.name}`;
  const { topicName, subscriptionName } = entity.description;
  return `topics/${topicName}/subscriptions/${subscriptionName}`;
}

/** @throws {EntityDisabledError} when the entity's status lets nobody send. */
export function requireSendable(entity: LiveEntity): void {
  const { status } = entity.description;
  if (status === "Disabled" || status === "SendDisabled") throw new EntityDisabledError(entity.path, status);
}

/** @throws {EntityDisabledError} when the entity's status lets nobody receive. */
export function requireReceivable(entity: LiveEntity): void {
  const { status } = entity.description;
  if (status === "Disabled" || status === "ReceiveDisabled") throw new EntityDisabledError(entity.path, status);
}
