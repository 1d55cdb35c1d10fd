import { EntityNotFoundError } from "../errors.ts";
import type { Namespace, RuleOf } from "../namespace.ts";
import { type Entry, schemaInstanceNamespace, serviceBusNamespace } from "./atom.ts";
import { requireRuleName } from "./names.ts";
import type { Item } from "./resource.ts";
import { readRule, writeRule } from "./rule-xml.ts";
import { pathOf, type SubscriptionPath } from "./subscription-resource.ts";
import { element } from "./xml-writer.ts";

export const ruleItem = (namespace: Namespace, names: SubscriptionPath, ruleName: string): Item => {
  const { topicName, subscriptionName } = names;
  const existing = (): RuleOf => {
    const rule = namespace
      .listRules(topicName, subscriptionName)
      .find(({ description }) => description.name.toLowerCase() === ruleName.toLowerCase());
    if (rule === undefined) throw new EntityNotFoundError(`${pathOf(names)}/Rules/${ruleName}`);
    return rule;
  };
  return {
    kind: "item",
    find: () => ruleEntry(existing(), names),
    create: async ({ element: node }) => {
      requireRuleName(ruleName);
      await namespace.createRule(topicName, subscriptionName, readRule(ruleName, node));
    },
    update: async ({ element: node }) => {
      await namespace.updateRule(topicName, subscriptionName, readRule(existing().description.name, node));
    },
    remove: () => namespace.deleteRule(topicName, subscriptionName, ruleName),
  };
};

export const ruleEntry = ({ description, createdAt }: RuleOf, names: SubscriptionPath): Entry => ({
  path: `${pathOf(names)}/Rules/${description.name}`,
  published: createdAt,
  updated: createdAt,
  content: element("RuleDescription", writeRule(description, createdAt), {
    xmlns: serviceBusNamespace,
    "xmlns:i": schemaInstanceNamespace,
  }),
});
