import { defaultRule, type QueueDescription, type RuleDescription, type SubscriptionDescription } from "../entities.ts";
import { EntityExistsError, EntityNotFoundError } from "../errors.ts";
import type { EntityOf, Namespace } from "../namespace.ts";
import type { NewQueue, NewSubscription, NewTopic } from "../topology.ts";
import { subscriptionKey } from "./address.ts";
import { buildQueue, buildSubscription, buildTopic, type Surroundings } from "./build.ts";
import { describeQueue, describeSubscription, describeTopic } from "./describe.ts";
import type { LiveEntity, LiveTopic } from "./live-entities.ts";
import { ruleKey } from "./parts-of.ts";
import { redescribe, redescribeTopic, requireTargets } from "./redescribe.ts";
import { byPath, Registry } from "./registry.ts";
import { runtimeOf } from "./runtime.ts";

/** The namespace whose entities live in this process. */
export class LocalNamespace implements Namespace {
  readonly name: string;
  readonly createdAt: Date;
  readonly #registry: Registry;

  constructor(name: string, around: Surroundings, clock: () => number) {
    this.name = name;
    this.#registry = new Registry(around, clock);
    const known = [...around.entities.values()].map((entity) => entity.createdAt);
    this.createdAt = new Date(Math.min(clock(), ...known));
  }

  findQueue(name: string): EntityOf<QueueDescription> | undefined {
    const queue = this.#registry.get(name, "queue");
    return queue && entityOf(queue, queue.description);
  }

  listQueues(): readonly EntityOf<QueueDescription>[] {
    return this.#registry.all("queue").map((queue) => entityOf(queue, queue.description));
  }

  async createQueue(options: NewQueue): Promise<void> {
    const registry = this.#registry;
    const description = describeQueue(options);
    registry.requireFree(description.name);
    requireTargets(registry, description, description.name);
    registry.add(buildQueue(registry.around, description, registry.newIds("queue"), registry.newTimes()));
    await registry.committed();
  }

  async updateQueue(options: NewQueue): Promise<void> {
    const queue = this.#registry.require(options.name, "queue");
    redescribe(this.#registry, queue, describeQueue({ ...options, name: queue.path }));
    await this.#registry.committed();
  }

  async deleteQueue(name: string): Promise<void> {
    this.#registry.remove(this.#registry.require(name, "queue"));
    await this.#registry.committed();
  }

  findTopic(name: string) {
    const topic = this.#registry.get(name, "topic");
    return topic && topicOf(topic);
  }

  listTopics() {
    return this.#registry.all("topic").map(topicOf);
  }

  async createTopic(options: NewTopic): Promise<void> {
    const registry = this.#registry;
    const description = describeTopic(options);
    registry.requireFree(description.name);
    registry.add(buildTopic(registry.around, description, registry.newIds("topic"), registry.newTimes()));
    await registry.committed();
  }

  async updateTopic(options: NewTopic): Promise<void> {
    const topic = this.#registry.require(options.name, "topic");
    redescribeTopic(this.#registry, topic, describeTopic({ ...options, name: topic.path }));
    await this.#registry.committed();
  }

  async deleteTopic(name: string): Promise<void> {
    const topic = this.#registry.require(name, "topic");
    for (const subscription of [...topic.subscriptions.values()]) this.#registry.remove(subscription);
    this.#registry.remove(topic);
    await this.#registry.committed();
  }

  findSubscription(topicName: string, subscriptionName: string): EntityOf<SubscriptionDescription> | undefined {
    const subscription = this.#registry.get(subscriptionKey(topicName, subscriptionName), "subscription");
    return subscription && entityOf(subscription, subscription.description);
  }

  listSubscriptions(topicName: string): readonly EntityOf<SubscriptionDescription>[] {
    const { subscriptions } = this.#registry.require(topicName, "topic");
    return [...subscriptions.values()].sort(byPath).map((entity) => entityOf(entity, entity.description));
  }

  async createSubscription(options: NewSubscription): Promise<void> {
    const registry = this.#registry;
    const topic = registry.require(options.topicName, "topic");
    const description = describeSubscription({ ...options, topicName: topic.path });
    registry.requireFree(subscriptionKey(topic.path, description.subscriptionName));
    requireTargets(registry, description, description.subscriptionName);
    const times = registry.newTimes();
    const subscription = buildSubscription(registry.around, topic, description, registry.newIds("subscription"), times);
    for (const rule of options.rules ?? [defaultRule]) registry.setRule(subscription, rule, times.createdAt);
    registry.add(subscription);
    await registry.committed();
  }

  async updateSubscription(options: Omit<NewSubscription, "rules">): Promise<void> {
    const subscription = this.#registry.requireSubscription(options.topicName, options.subscriptionName);
    const { topicName, subscriptionName } = subscription.description;
    redescribe(this.#registry, subscription, describeSubscription({ ...options, topicName, subscriptionName }));
    await this.#registry.committed();
  }

  async deleteSubscription(topicName: string, subscriptionName: string): Promise<void> {
    this.#registry.remove(this.#registry.requireSubscription(topicName, subscriptionName));
    await this.#registry.committed();
  }

  listRules(topicName: string, subscriptionName: string) {
    const { rules } = this.#registry.requireSubscription(topicName, subscriptionName);
    return [...rules.values()]
      .map(({ compiled, createdAt }) => ({ description: compiled.description, createdAt: new Date(createdAt) }))
      .sort((a, b) => (a.description.name < b.description.name ? -1 : 1));
  }

  async createRule(topicName: string, subscriptionName: string, rule: RuleDescription): Promise<void> {
    const subscription = this.#registry.requireSubscription(topicName, subscriptionName);
    if (subscription.rules.has(ruleKey(rule.name))) {
      throw new EntityExistsError(`${subscription.path}/Rules/${rule.name}`);
    }
    this.#registry.setRule(subscription, rule, this.#registry.clock());
    this.#registry.save(subscription);
    await this.#registry.committed();
  }

  async updateRule(topicName: string, subscriptionName: string, rule: RuleDescription): Promise<void> {
    const subscription = this.#registry.requireSubscription(topicName, subscriptionName);
    const known = subscription.rules.get(ruleKey(rule.name));
    if (!known) throw new EntityNotFoundError(`${subscription.path}/Rules/${rule.name}`);
    this.#registry.setRule(subscription, rule, known.createdAt);
    this.#registry.save(subscription);
    await this.#registry.committed();
  }

  async deleteRule(topicName: string, subscriptionName: string, ruleName: string): Promise<void> {
    const subscription = this.#registry.requireSubscription(topicName, subscriptionName);
    if (!subscription.rules.delete(ruleKey(ruleName))) {
      throw new EntityNotFoundError(`${subscription.path}/Rules/${ruleName}`);
    }
    this.#registry.save(subscription);
    await this.#registry.committed();
  }
}

function entityOf<Description>(entity: LiveEntity, description: Description): EntityOf<Description> {
  return { description, runtime: runtimeOf(entity) };
}

function topicOf(topic: LiveTopic) {
  return { ...entityOf(topic, topic.description), subscriptionCount: topic.subscriptions.size };
}
