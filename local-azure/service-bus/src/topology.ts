import type { QueueDescription, RuleDescription, SubscriptionDescription, TopicDescription } from "./entities.ts";

/** A queue to be created: what is not named takes the service's default. */
export type NewQueue = Pick<QueueDescription, "name"> & Partial<QueueDescription>;

/** A topic to be created. */
export type NewTopic = Pick<TopicDescription, "name"> & Partial<TopicDescription>;

/** A subscription to be created, with the rules it starts with; without any it takes `$Default`, which is true. */
export type NewSubscription = Pick<SubscriptionDescription, "topicName" | "subscriptionName"> &
  Partial<SubscriptionDescription> & { readonly rules?: readonly RuleDescription[] };

/** The entities of a namespace, as a configuration file or the caller of `startServiceBus` names them. */
export interface Topology {
  readonly queues?: readonly NewQueue[];
  readonly topics?: readonly (NewTopic & {
    readonly subscriptions?: readonly Omit<NewSubscription, "topicName">[];
  })[];
}
