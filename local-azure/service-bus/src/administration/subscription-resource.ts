import type { SubscriptionDescription } from "../entities.ts";
import { EntityNotFoundError } from "../errors.ts";
import type { EntityOf, Namespace } from "../namespace.ts";
import { type Entry, type Host, schemaInstanceNamespace, serviceBusNamespace } from "./atom.ts";
import { subscriptionFields } from "./fields.ts";
import { requireDestinations } from "./forwarding.ts";
import { withImmutable } from "./immutable.ts";
import { readRule } from "./rule-xml.ts";
import { countsOf, messageCountOf, timesOf } from "./runtime-xml.ts";
import { child, childText, type XmlNode } from "./xml-reader.ts";
import { element } from "./xml-writer.ts";

/** A subscription by its names. */
export interface SubscriptionPath {
  readonly topicName: string;
  readonly subscriptionName: string;
}

export const pathOf = ({ topicName, subscriptionName }: SubscriptionPath): string =>
  `${topicName}/Subscriptions/${subscriptionName}`;

export const createSubscription = async (
  namespace: Namespace,
  host: Host,
  names: SubscriptionPath,
  node: XmlNode,
): Promise<void> => {
  const settings = subscriptionFields(host).read(node);
  requireDestinations(namespace, pathOf(names), settings);
  const rule = child(node, "DefaultRuleDescription");
  const rules = rule === undefined ? {} : { rules: [readRule(childText(rule, "Name") || "$Default", rule)] };
  await namespace.createSubscription({ ...settings, ...names, ...rules });
};

/**
 * @throws {EntityNotFoundError} when there is no such subscription, or nothing that it shall forward to.
 * @throws {InvalidEntityError} when it may not have these settings.
 */
export const updateSubscription = async (
  namespace: Namespace,
  host: Host,
  names: SubscriptionPath,
  node: XmlNode,
): Promise<void> => {
  const path = pathOf(names);
  const existing = namespace.findSubscription(names.topicName, names.subscriptionName)?.description;
  if (existing === undefined) throw new EntityNotFoundError(path);
  const settings = withImmutable(path, existing, subscriptionFields(host).read(node), ["requiresSession"]);
  requireDestinations(namespace, path, settings);
  const { topicName, subscriptionName } = existing;
  await namespace.updateSubscription({ ...settings, topicName, subscriptionName });
};

export const subscriptionEntry = ({ description, runtime }: EntityOf<SubscriptionDescription>, host: Host): Entry => ({
  path: pathOf(description),
  published: runtime.createdAt,
  updated: runtime.modifiedAt,
  content: element(
    "SubscriptionDescription",
    [...subscriptionFields(host).write(description), messageCountOf(runtime), ...timesOf(runtime), countsOf(runtime)],
    { xmlns: serviceBusNamespace, "xmlns:i": schemaInstanceNamespace },
  ),
});
