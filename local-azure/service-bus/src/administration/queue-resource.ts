import type { QueueDescription } from "../entities.ts";
import { EntityNotFoundError } from "../errors.ts";
import type { EntityOf, Namespace } from "../namespace.ts";
import { type Entry, type Host, schemaInstanceNamespace, serviceBusNamespace } from "./atom.ts";
import { queueFields } from "./fields.ts";
import { requireDestinations } from "./forwarding.ts";
import { withImmutable } from "./immutable.ts";
import { countsOf, messageCountOf, sizeOf, timesOf } from "./runtime-xml.ts";
import type { XmlNode } from "./xml-reader.ts";
import { element } from "./xml-writer.ts";

export const createQueue = async (namespace: Namespace, host: Host, name: string, node: XmlNode): Promise<void> => {
  const settings = queueFields(host).read(node);
  requireDestinations(namespace, name, settings);
  await namespace.createQueue({ ...settings, name });
};

/**
 * @throws {EntityNotFoundError} when there is no such queue, or nothing that it shall forward to.
 * @throws {InvalidEntityError} when it may not have these settings.
 */
export const updateQueue = async (namespace: Namespace, host: Host, name: string, node: XmlNode): Promise<void> => {
  const existing = namespace.findQueue(name)?.description;
  if (existing === undefined) throw new EntityNotFoundError(name);
  const immutable = ["requiresSession", "requiresDuplicateDetection", "enablePartitioning"] as const;
  const settings = withImmutable(name, existing, queueFields(host).read(node), immutable);
  requireDestinations(namespace, name, settings);
  await namespace.updateQueue({ ...settings, name: existing.name });
};

export const queueEntry = ({ description, runtime }: EntityOf<QueueDescription>, host: Host): Entry => ({
  path: description.name,
  published: runtime.createdAt,
  updated: runtime.modifiedAt,
  content: element(
    "QueueDescription",
    [
      ...queueFields(host).write(description),
      sizeOf(runtime),
      messageCountOf(runtime),
      ...timesOf(runtime),
      element("SupportOrdering", "true"),
      countsOf(runtime),
    ],
    { xmlns: serviceBusNamespace, "xmlns:i": schemaInstanceNamespace },
  ),
});
