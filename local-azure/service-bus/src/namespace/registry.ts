import type { RuleDescription } from "../entities.ts";
import { EntityExistsError, EntityNotFoundError } from "../errors.ts";
import { compileRule } from "../rules/compile-rule.ts";
import type { StoredEntity } from "../store/store.ts";
import type { NewQueue, NewSubscription, NewTopic } from "../topology.ts";
import { parseAddress, subscriptionKey } from "./address.ts";
import { buildQueue, buildSubscription, buildTopic, queuesInside, type Surroundings } from "./build.ts";
import { describeQueue, describeSubscription, describeTopic } from "./describe.ts";
import type { EntityTimes, LiveEntity, LiveSubscription } from "./live-entities.ts";
import { detachAll, queueIdsOf, queuesOf, ruleKey, storedForm } from "./parts-of.ts";

type OfKind<Kind extends LiveEntity["kind"]> = Extract<LiveEntity, { kind: Kind }>;

/** Keeps the living entities and what the store knows of them in step. */
export class Registry {
  readonly around: Surroundings;
  readonly clock: () => number;

  /** Brings back to life what the store remembers: topics before their subscriptions. */
  constructor(around: Surroundings, clock: () => number) {
    this.around = around;
    this.clock = clock;
    const order = { topic: 0, queue: 1, subscription: 2 };
    const stored = [...around.store.entities()].sort((a, b) => order[a.kind] - order[b.kind]);
    for (const entity of stored) this.#enter(this.#rebuild(entity));
  }

  add(entity: LiveEntity): void {
    this.#enter(entity);
    this.around.store.saveEntity(storedForm(entity));
  }

  save(entity: LiveEntity): void {
    entity.modifiedAt = this.clock();
    this.around.store.saveEntity(storedForm(entity));
  }

  /** Removes an entity with all its messages and tells those who receive from it. */
  remove(entity: LiveEntity): void {
    const { key } = parseAddress(entity.path);
    this.around.entities.delete(key);
    if (entity.kind === "subscription") entity.topic.subscriptions.delete(key);
    detachAll(entity, "gone");
    for (const queue of queuesOf(entity)) queue.exits.passOn = undefined;
    this.around.store.removeEntity(key, queueIdsOf(entity));
  }

  setRule(subscription: LiveSubscription, rule: RuleDescription, createdAt: number): void {
    subscription.rules.set(ruleKey(rule.name), { compiled: compileRule(rule), createdAt });
  }

  get<Kind extends LiveEntity["kind"]>(name: string, kind: Kind): OfKind<Kind> | undefined {
    const entity = this.around.entities.get(parseAddress(name).key);
    return entity?.kind === kind ? (entity as OfKind<Kind>) : undefined;
  }

  /** @throws {EntityNotFoundError} when there is none of this kind. */
  require<Kind extends LiveEntity["kind"]>(name: string, kind: Kind): OfKind<Kind> {
    const entity = this.get(name, kind);
    if (!entity) throw new EntityNotFoundError(name);
    return entity;
  }

  /** @throws {EntityNotFoundError} when there is no such topic, or it has no such subscription. */
  requireSubscription(topicName: string, subscriptionName: string): LiveSubscription {
    this.require(topicName, "topic");
    return this.require(subscriptionKey(topicName, subscriptionName), "subscription");
  }

  /** @throws {EntityExistsError} when an entity has the name. */
  requireFree(name: string): void {
    if (this.around.entities.get(parseAddress(name).key)) throw new EntityExistsError(name);
  }

  /** In the order of their names. */
  all<Kind extends LiveEntity["kind"]>(kind: Kind): readonly OfKind<Kind>[] {
    return [...this.around.entities.values()]
      .filter((entity): entity is OfKind<Kind> => entity.kind === kind)
      .sort(byPath);
  }

  newIds(kind: keyof typeof queuesInside): readonly number[] {
    return Array.from({ length: queuesInside[kind] }, () => this.around.store.nextQueueId());
  }

  newTimes(): EntityTimes {
    const now = this.clock();
    return { createdAt: now, modifiedAt: now, accessedAt: now };
  }

  committed(): Promise<void> {
    return new Promise((resolve) => this.around.store.journal.afterCommit(resolve));
  }

  #enter(entity: LiveEntity): void {
    const { key } = parseAddress(entity.path);
    this.around.entities.set(key, entity);
    if (entity.kind === "subscription") entity.topic.subscriptions.set(key, entity);
  }

  #rebuild({ kind, description, queueIds, rules, createdAt, modifiedAt }: StoredEntity): LiveEntity {
    const times = { createdAt, modifiedAt, accessedAt: modifiedAt };
    if (kind === "queue") return buildQueue(this.around, describeQueue(description as NewQueue), queueIds, times);
    if (kind === "topic") return buildTopic(this.around, describeTopic(description as NewTopic), queueIds, times);
    const described = describeSubscription(description as NewSubscription);
    const topic = this.require(described.topicName, "topic");
    const subscription = buildSubscription(this.around, topic, described, queueIds, times);
    for (const rule of rules) this.setRule(subscription, rule.description, rule.createdAt);
    return subscription;
  }
}

export function byPath(a: LiveEntity, b: LiveEntity): number {
  return a.path < b.path ? -1 : 1;
}
