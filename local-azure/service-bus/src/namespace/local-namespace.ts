import {
  DEFAULT_RULE,
  type QueueDescription,
  type RuleDescription,
  type SubscriptionDescription,
} from "../entities.ts";
import { EntityExistsError, EntityNotFoundError, InvalidEntityError } from "../errors.ts";
import type { EntityOf, Namespace } from "../namespace.ts";
import { takeAway } from "../queue/take.ts";
import { compileRule } from "../rules/compile-rule.ts";
import type { StoredEntity } from "../store/store.ts";
import type { NewQueue, NewSubscription, NewTopic } from "../topology.ts";
import { parseAddress, subscriptionKey } from "./address.ts";
import {
  buildQueue,
  buildSubscription,
  buildTopic,
  QUEUES_INSIDE,
  refreshForwarding,
  type Surroundings,
} from "./build.ts";
import {
  deadLetterSettings,
  describeQueue,
  describeSubscription,
  describeTopic,
  settingsOf,
  topicSettings,
} from "./describe.ts";
import type { LiveEntity, LiveReceiving, LiveSubscription, LiveTopic } from "./live-entities.ts";
import { detachAll, queueIdsOf, queuesOf, ruleKey, storedForm } from "./parts-of.ts";
import { runtimeOf } from "./runtime.ts";

/** The namespace whose entities live in this process. */
export class LocalNamespace implements Namespace {
  readonly name: string;
  readonly createdAt: Date;
  readonly #around: Surroundings;
  readonly #clock: () => number;

  constructor(name: string, around: Surroundings, clock: () => number) {
    this.name = name;
    this.#around = around;
    this.#clock = clock;
    this.#restore();
    const known = [...around.entities.values()].map((entity) => entity.createdAt);
    this.createdAt = new Date(Math.min(clock(), ...known));
  }

  findQueue(name: string): EntityOf<QueueDescription> | undefined {
    const queue = this.#get(name, "queue");
    return queue && entityOf(queue, queue.description);
  }

  listQueues(): readonly EntityOf<QueueDescription>[] {
    return this.#all("queue").map((queue) => entityOf(queue, queue.description));
  }

  async createQueue(options: NewQueue): Promise<void> {
    const description = describeQueue(options);
    this.#requireFree(description.name);
    this.#requireTargets(description, description.name);
    this.#add(buildQueue(this.#around, description, this.#newIds("queue"), this.#newTimes()));
    await this.#committed();
  }

  async updateQueue(options: NewQueue): Promise<void> {
    const queue = this.#require(options.name, "queue");
    this.#redescribe(queue, describeQueue({ ...options, name: queue.path }));
    await this.#committed();
  }

  async deleteQueue(name: string): Promise<void> {
    this.#remove(this.#require(name, "queue"));
    await this.#committed();
  }

  findTopic(name: string) {
    const topic = this.#get(name, "topic");
    return topic && topicOf(topic);
  }

  listTopics() {
    return this.#all("topic").map(topicOf);
  }

  async createTopic(options: NewTopic): Promise<void> {
    const description = describeTopic(options);
    this.#requireFree(description.name);
    this.#add(buildTopic(this.#around, description, this.#newIds("topic"), this.#newTimes()));
    await this.#committed();
  }

  async updateTopic(options: NewTopic): Promise<void> {
    const topic = this.#require(options.name, "topic");
    const description = describeTopic({ ...options, name: topic.path });
    requireUnchanged(topic, topic.description, description, ["requiresDuplicateDetection"]);
    topic.description = description;
    topic.inbox.settings = topicSettings(description);
    this.#save(topic);
    await this.#committed();
  }

  async deleteTopic(name: string): Promise<void> {
    const topic = this.#require(name, "topic");
    for (const subscription of [...topic.subscriptions.values()]) this.#remove(subscription);
    this.#remove(topic);
    await this.#committed();
  }

  findSubscription(topicName: string, subscriptionName: string): EntityOf<SubscriptionDescription> | undefined {
    const subscription = this.#get(subscriptionKey(topicName, subscriptionName), "subscription");
    return subscription && entityOf(subscription, subscription.description);
  }

  listSubscriptions(topicName: string): readonly EntityOf<SubscriptionDescription>[] {
    const { subscriptions } = this.#require(topicName, "topic");
    return [...subscriptions.values()].sort(byPath).map((entity) => entityOf(entity, entity.description));
  }

  async createSubscription(options: NewSubscription): Promise<void> {
    const topic = this.#require(options.topicName, "topic");
    const description = describeSubscription({ ...options, topicName: topic.path });
    this.#requireFree(subscriptionKey(topic.path, description.subscriptionName));
    this.#requireTargets(description, description.subscriptionName);
    const rules = (options.rules ?? [DEFAULT_RULE]).map(compileRule);
    const ids = this.#newIds("subscription");
    const subscription = buildSubscription(this.#around, topic, description, ids, this.#newTimes());
    for (const compiled of rules) {
      subscription.rules.set(ruleKey(compiled.description.name), { compiled, createdAt: this.#clock() });
    }
    this.#add(subscription);
    await this.#committed();
  }

  async updateSubscription(options: Omit<NewSubscription, "rules">): Promise<void> {
    const subscription = this.#requireSubscription(options.topicName, options.subscriptionName);
    const { topicName, subscriptionName } = subscription.description;
    this.#redescribe(subscription, describeSubscription({ ...options, topicName, subscriptionName }));
    await this.#committed();
  }

  async deleteSubscription(topicName: string, subscriptionName: string): Promise<void> {
    this.#remove(this.#requireSubscription(topicName, subscriptionName));
    await this.#committed();
  }

  listRules(topicName: string, subscriptionName: string) {
    const { rules } = this.#requireSubscription(topicName, subscriptionName);
    return [...rules.values()]
      .map(({ compiled, createdAt }) => ({ description: compiled.description, createdAt: new Date(createdAt) }))
      .sort((a, b) => (a.description.name < b.description.name ? -1 : 1));
  }

  async createRule(topicName: string, subscriptionName: string, rule: RuleDescription): Promise<void> {
    const subscription = this.#requireSubscription(topicName, subscriptionName);
    if (subscription.rules.has(ruleKey(rule.name)))
      throw new EntityExistsError(`${subscription.path}/Rules/${rule.name}`);
    await this.#setRule(subscription, rule, this.#clock());
  }

  async updateRule(topicName: string, subscriptionName: string, rule: RuleDescription): Promise<void> {
    const subscription = this.#requireSubscription(topicName, subscriptionName);
    const known = subscription.rules.get(ruleKey(rule.name));
    if (!known) throw new EntityNotFoundError(`${subscription.path}/Rules/${rule.name}`);
    await this.#setRule(subscription, rule, known.createdAt);
  }

  async deleteRule(topicName: string, subscriptionName: string, ruleName: string): Promise<void> {
    const subscription = this.#requireSubscription(topicName, subscriptionName);
    if (!subscription.rules.delete(ruleKey(ruleName))) {
      throw new EntityNotFoundError(`${subscription.path}/Rules/${ruleName}`);
    }
    this.#save(subscription);
    await this.#committed();
  }

  async #setRule(subscription: LiveSubscription, rule: RuleDescription, createdAt: number): Promise<void> {
    subscription.rules.set(ruleKey(rule.name), { compiled: compileRule(rule), createdAt });
    this.#save(subscription);
    await this.#committed();
  }

  #redescribe(entity: LiveReceiving, description: QueueDescription | SubscriptionDescription): void {
    requireUnchanged(entity, entity.description, description, ["requiresSession", "requiresDuplicateDetection"]);
    this.#requireTargets(description, entity.path);
    const settings = settingsOf(description);
    Object.assign(entity, { description });
    const { main, deadLetters, transferDeadLetters } = entity.parts;
    main.queue.settings = settings;
    deadLetters.queue.settings = deadLetterSettings(settings);
    transferDeadLetters.queue.settings = deadLetterSettings(settings);
    refreshForwarding(this.#around, entity);
    this.#passOnWaiting(entity);
    if (description.status === "Disabled" || description.status === "ReceiveDisabled") detachAll(entity, "disabled");
    this.#save(entity);
  }

  /** Messages that came before an entity was told to forward go the same way as those that come after. */
  #passOnWaiting({ parts }: LiveReceiving): void {
    const { queue } = parts.main;
    const { passOn } = queue.exits;
    if (!passOn) return;
    const now = this.#clock();
    for (let next = takeAway(queue, undefined, now); next; next = takeAway(queue, undefined, now)) {
      passOn(next.record, next.content, now);
    }
  }

  #add(entity: LiveEntity): void {
    this.#around.entities.set(parseAddress(entity.path).key, entity);
    if (entity.kind === "subscription") entity.topic.subscriptions.set(parseAddress(entity.path).key, entity);
    this.#around.store.saveEntity(storedForm(entity));
  }

  #save(entity: LiveEntity): void {
    entity.modifiedAt = this.#clock();
    this.#around.store.saveEntity(storedForm(entity));
  }

  #remove(entity: LiveEntity): void {
    const { key } = parseAddress(entity.path);
    this.#around.entities.delete(key);
    if (entity.kind === "subscription") entity.topic.subscriptions.delete(key);
    detachAll(entity, "gone");
    for (const queue of queuesOf(entity)) queue.exits.passOn = undefined;
    this.#around.store.removeEntity(key, queueIdsOf(entity));
  }

  #restore(): void {
    const stored = [...this.#around.store.entities()];
    const order = { topic: 0, queue: 1, subscription: 2 };
    for (const entity of stored.sort((a, b) => order[a.kind] - order[b.kind])) {
      const live = this.#rebuild(entity);
      this.#around.entities.set(entity.key, live);
      if (live.kind === "subscription") live.topic.subscriptions.set(entity.key, live);
    }
  }

  #rebuild({ kind, description, queueIds, rules, createdAt, modifiedAt }: StoredEntity): LiveEntity {
    const times = { createdAt, modifiedAt, accessedAt: modifiedAt };
    if (kind === "queue") return buildQueue(this.#around, describeQueue(description as NewQueue), queueIds, times);
    if (kind === "topic") return buildTopic(this.#around, describeTopic(description as NewTopic), queueIds, times);
    const described = describeSubscription(description as NewSubscription);
    const topic = this.#require(described.topicName, "topic");
    const subscription = buildSubscription(this.#around, topic, described, queueIds, times);
    for (const rule of rules) {
      subscription.rules.set(ruleKey(rule.description.name), {
        compiled: compileRule(rule.description),
        createdAt: rule.createdAt,
      });
    }
    return subscription;
  }

  #requireTargets(description: QueueDescription | SubscriptionDescription, name: string): void {
    for (const target of [description.forwardTo, description.forwardDeadLetteredMessagesTo]) {
      if (!target) continue;
      const { entity } = this.#around.entities.find(target);
      if (entity.kind === "subscription") {
        throw new InvalidEntityError(`'${name}' forwards to the subscription '${target}'; name a queue or a topic.`);
      }
    }
  }

  #requireFree(name: string): void {
    if (this.#around.entities.get(parseAddress(name).key)) throw new EntityExistsError(name);
  }

  #requireSubscription(topicName: string, subscriptionName: string): LiveSubscription {
    this.#require(topicName, "topic");
    return this.#require(subscriptionKey(topicName, subscriptionName), "subscription");
  }

  #require<Kind extends LiveEntity["kind"]>(name: string, kind: Kind): Extract<LiveEntity, { kind: Kind }> {
    const entity = this.#get(name, kind);
    if (!entity) throw new EntityNotFoundError(name);
    return entity;
  }

  #get<Kind extends LiveEntity["kind"]>(name: string, kind: Kind): Extract<LiveEntity, { kind: Kind }> | undefined {
    const entity = this.#around.entities.get(parseAddress(name).key);
    return entity?.kind === kind ? (entity as Extract<LiveEntity, { kind: Kind }>) : undefined;
  }

  #all<Kind extends LiveEntity["kind"]>(kind: Kind): readonly Extract<LiveEntity, { kind: Kind }>[] {
    return [...this.#around.entities.values()]
      .filter((entity): entity is Extract<LiveEntity, { kind: Kind }> => entity.kind === kind)
      .sort(byPath);
  }

  #newIds(kind: keyof typeof QUEUES_INSIDE): readonly number[] {
    return Array.from({ length: QUEUES_INSIDE[kind] }, () => this.#around.store.nextQueueId());
  }

  #newTimes() {
    const now = this.#clock();
    return { createdAt: now, modifiedAt: now, accessedAt: now };
  }

  #committed(): Promise<void> {
    return new Promise((resolve) => this.#around.store.journal.afterCommit(resolve));
  }
}

function entityOf<Description>(entity: LiveEntity, description: Description): EntityOf<Description> {
  return { description, runtime: runtimeOf(entity) };
}

function topicOf(topic: LiveTopic) {
  return { ...entityOf(topic, topic.description), subscriptionCount: topic.subscriptions.size };
}

function byPath(a: LiveEntity, b: LiveEntity): number {
  return a.path < b.path ? -1 : 1;
}

/** Some properties are settled when an entity is made. */
function requireUnchanged(entity: LiveEntity, before: object, after: object, properties: readonly string[]): void {
  for (const property of properties) {
    if (Reflect.get(before, property) === Reflect.get(after, property)) continue;
    throw new InvalidEntityError(
      `${property} of '${entity.path}' cannot be changed. Delete the entity and create it anew.`,
    );
  }
}
