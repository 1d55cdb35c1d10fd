import { EntityNotFoundError, InvalidEntityError } from "../errors.ts";
import type { Namespace } from "../namespace.ts";
import { type Host, schemaInstanceNamespace, serviceBusNamespace } from "./atom.ts";
import { createQueue, queueEntry, updateQueue } from "./queue-resource.ts";
import type { Collection, Item, Resource } from "./resource.ts";
import { ruleEntry, ruleItem } from "./rule-resource.ts";
import {
  createSubscription,
  pathOf,
  type SubscriptionPath,
  subscriptionEntry,
  updateSubscription,
} from "./subscription-resource.ts";
import { createTopic, topicEntry, updateTopic } from "./topic-resource.ts";
import type { EntryContent } from "./xml-reader.ts";
import { element } from "./xml-writer.ts";

const rulePath = /^(?<topic>.+)\/subscriptions\/(?<subscription>[^/]+)\/rules(?:\/(?<rule>[^/]+))?$/iu;
const subscriptionPath = /^(?<topic>.+?)\/subscriptions(?:\/(?<subscription>[^/]+))?$/iu;

/** The resource at a path of the namespace, such as `$Resources/Queues` or `orders/Subscriptions/all`. */
export const resourceAt = (namespace: Namespace, host: Host, path: string): Resource => {
  switch (path.toLowerCase()) {
    case "":
      return collection(() => []);
    case "$namespaceinfo":
      return namespaceItem(namespace);
    case "$resources/queues":
      return collection(() => namespace.listQueues().map((queue) => queueEntry(queue, host)));
    case "$resources/topics":
      return collection(() => namespace.listTopics().map(topicEntry));
    default:
      return ruleAt(namespace, path) ?? subscriptionAt(namespace, host, path) ?? entityItem(namespace, host, path);
  }
};

const ruleAt = (namespace: Namespace, path: string): Resource | undefined => {
  const { topic, subscription, rule } = rulePath.exec(path)?.groups ?? {};
  if (topic === undefined || subscription === undefined) return undefined;
  const names = { topicName: topic, subscriptionName: subscription };
  return rule === undefined
    ? collection(() => namespace.listRules(topic, subscription).map((each) => ruleEntry(each, names)))
    : ruleItem(namespace, names, rule);
};

const subscriptionAt = (namespace: Namespace, host: Host, path: string): Resource | undefined => {
  const { topic, subscription } = subscriptionPath.exec(path)?.groups ?? {};
  if (topic === undefined) return undefined;
  return subscription === undefined
    ? collection(() => namespace.listSubscriptions(topic).map((each) => subscriptionEntry(each, host)))
    : subscriptionItem(namespace, host, { topicName: topic, subscriptionName: subscription });
};

const collection = (list: Collection["list"]): Collection => ({ kind: "collection", list });

const namespaceItem = (namespace: Namespace): Item => ({
  kind: "item",
  find: () => ({
    path: "$namespaceinfo",
    published: namespace.createdAt,
    updated: namespace.createdAt,
    content: element(
      "NamespaceInfo",
      [
        element("CreatedTime", namespace.createdAt.toISOString()),
        element("MessagingSKU", "Standard"),
        element("ModifiedTime", namespace.createdAt.toISOString()),
        element("Name", namespace.name),
        element("NamespaceType", "Messaging"),
      ],
      { xmlns: serviceBusNamespace, "xmlns:i": schemaInstanceNamespace },
    ),
  }),
});

/** Queues and topics share one space of names; which of the two a request means stands in its body. */
const entityItem = (namespace: Namespace, host: Host, name: string): Item => ({
  kind: "item",
  find: () => {
    const queue = namespace.findQueue(name);
    if (queue !== undefined) return queueEntry(queue, host);
    const topic = namespace.findTopic(name);
    return topic && topicEntry(topic);
  },
  create: async ({ root, element: node }) => {
    if (root === "QueueDescription") await createQueue(namespace, host, name, node);
    else if (root === "TopicDescription") await createTopic(namespace, name, node);
    else throw unexpected(root, "a QueueDescription or a TopicDescription");
  },
  update: async ({ root, element: node }) => {
    if (root === "QueueDescription") await updateQueue(namespace, host, name, node);
    else if (root === "TopicDescription") await updateTopic(namespace, name, node);
    else throw unexpected(root, "a QueueDescription or a TopicDescription");
  },
  remove: () => (namespace.findTopic(name) ? namespace.deleteTopic(name) : namespace.deleteQueue(name)),
});

const subscriptionItem = (namespace: Namespace, host: Host, names: SubscriptionPath): Item => {
  const describing = ({ root, element: node }: EntryContent) => {
    if (root !== "SubscriptionDescription") throw unexpected(root, "a SubscriptionDescription");
    return node;
  };
  return {
    kind: "item",
    find: () => {
      const subscription = namespace.findSubscription(names.topicName, names.subscriptionName);
      if (subscription === undefined) throw new EntityNotFoundError(pathOf(names));
      return subscriptionEntry(subscription, host);
    },
    create: (content) => createSubscription(namespace, host, names, describing(content)),
    update: (content) => updateSubscription(namespace, host, names, describing(content)),
    remove: () => namespace.deleteSubscription(names.topicName, names.subscriptionName),
  };
};

const unexpected = (root: string, expected: string): InvalidEntityError =>
  new InvalidEntityError(`The request body describes a ${root}, but this address takes ${expected}.`);
