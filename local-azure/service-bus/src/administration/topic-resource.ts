import { EntityNotFoundError } from "../errors.ts";
import type { Namespace } from "../namespace.ts";
import { type Entry, schemaInstanceNamespace, serviceBusNamespace } from "./atom.ts";
import { topicFields } from "./fields.ts";
import { withImmutable } from "./immutable.ts";
import { countsOf, sizeOf, timesOf } from "./runtime-xml.ts";
import type { XmlNode } from "./xml-reader.ts";
import { element } from "./xml-writer.ts";

export const createTopic = async (namespace: Namespace, name: string, node: XmlNode): Promise<void> => {
  const settings = topicFields.read(node);
  await namespace.createTopic({ ...settings, name });
};

/**
 * @throws {EntityNotFoundError} when there is no such topic.
 * @throws {InvalidEntityError} when it may not have these settings.
 */
export const updateTopic = async (namespace: Namespace, name: string, node: XmlNode): Promise<void> => {
  const existing = namespace.findTopic(name)?.description;
  if (existing === undefined) throw new EntityNotFoundError(name);
  const immutable = ["requiresDuplicateDetection", "enablePartitioning"] as const;
  const settings = withImmutable(name, existing, topicFields.read(node), immutable);
  await namespace.updateTopic({ ...settings, name: existing.name });
};

export const topicEntry = (topic: NonNullable<ReturnType<Namespace["findTopic"]>>): Entry => ({
  path: topic.description.name,
  published: topic.runtime.createdAt,
  updated: topic.runtime.modifiedAt,
  content: element(
    "TopicDescription",
    [
      ...topicFields.write(topic.description),
      sizeOf(topic.runtime),
      ...timesOf(topic.runtime),
      countsOf(topic.runtime),
      element("SubscriptionCount", String(topic.subscriptionCount)),
    ],
    { xmlns: serviceBusNamespace, "xmlns:i": schemaInstanceNamespace },
  ),
});
