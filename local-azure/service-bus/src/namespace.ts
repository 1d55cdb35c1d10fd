import type { RequestListener } from "node:http";
import type { QueueDescription, RuleDescription, SubscriptionDescription, TopicDescription } from "./entities.ts";
import type { NewQueue, NewSubscription, NewTopic } from "./topology.ts";

/** How many messages an entity holds, by what becomes of them. */
export interface MessageCounts {
  readonly active: number;
  readonly deadLetter: number;
  readonly scheduled: number;
  readonly transfer: number;
  readonly transferDeadLetter: number;
}

export interface EntityRuntime {
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  readonly accessedAt: Date;
  readonly counts: MessageCounts;
  readonly sizeInBytes: number;
}

export interface EntityOf<Description> {
  readonly description: Description;
  readonly runtime: EntityRuntime;
}

export interface RuleOf {
  readonly description: RuleDescription;
  readonly createdAt: Date;
}

/**
 * The entities of one Service Bus namespace, as the administration plane sees them.
 *
 * Names are compared without regard to case. Lists are in the order of their names. A promise settles when the change
 * is on disk (where the namespace is durable). Failures: `EntityNotFoundError`, `EntityExistsError`,
 * `InvalidEntityError` (`errors.ts`), and `RuleSyntaxError` for a rule that does not compile. An update replaces the
 * whole description.
 */
export interface Namespace {
  readonly name: string;
  readonly createdAt: Date;

  findQueue(name: string): EntityOf<QueueDescription> | undefined;
  listQueues(): readonly EntityOf<QueueDescription>[];
  createQueue(queue: NewQueue): Promise<void>;
  updateQueue(queue: NewQueue): Promise<void>;
  deleteQueue(name: string): Promise<void>;

  findTopic(name: string): (EntityOf<TopicDescription> & { readonly subscriptionCount: number }) | undefined;
  listTopics(): readonly (EntityOf<TopicDescription> & { readonly subscriptionCount: number })[];
  createTopic(topic: NewTopic): Promise<void>;
  updateTopic(topic: NewTopic): Promise<void>;
  deleteTopic(name: string): Promise<void>;

  findSubscription(topicName: string, subscriptionName: string): EntityOf<SubscriptionDescription> | undefined;
  /** @throws {EntityNotFoundError} when the topic is unknown, as do the rule functions for their subscription. */
  listSubscriptions(topicName: string): readonly EntityOf<SubscriptionDescription>[];
  createSubscription(subscription: NewSubscription): Promise<void>;
  updateSubscription(subscription: Omit<NewSubscription, "rules">): Promise<void>;
  deleteSubscription(topicName: string, subscriptionName: string): Promise<void>;

  listRules(topicName: string, subscriptionName: string): readonly RuleOf[];
  /**
   * @throws {EntityExistsError} when the subscription has a rule of this name.
   * @throws {RuleSyntaxError} when its filter or action is not SQL of the service's grammar.
   */
  createRule(topicName: string, subscriptionName: string, rule: RuleDescription): Promise<void>;
  /**
   * @throws {EntityNotFoundError} when the subscription has no rule of this name.
   * @throws {RuleSyntaxError} when its filter or action is not SQL of the service's grammar.
   */
  updateRule(topicName: string, subscriptionName: string, rule: RuleDescription): Promise<void>;
  /** @throws {EntityNotFoundError} when the subscription has no rule of this name. */
  deleteRule(topicName: string, subscriptionName: string, ruleName: string): Promise<void>;
}

/** What the administration plane asks about a request's `Authorization` header. */
export interface Access {
  /** @throws {UnauthorizedError} when the token is missing, malformed, expired, badly signed or may not manage. */
  requireManage(authorization: string | undefined, resource: string): void;
}

/**
 * The administration plane: answers the HTTP requests that are sniffed on the namespace's one port.
 * `own`: those of this machine's own, and of no foreign page.
 */
export type CreateAdministration = (
  namespace: Namespace,
  access: Access,
  from: { readonly own: boolean },
) => RequestListener;
