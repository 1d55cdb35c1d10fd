import type { QueueDescription, SubscriptionDescription, TopicDescription } from "../entities.ts";
import { authorizationRules } from "./authorization-rules.ts";
import { availability, boolean, type Codec, destination, integer, status, text } from "./codecs.ts";
import { child, textOf, type XmlNode } from "./xml-reader.ts";
import { element, type Xml } from "./xml-writer.ts";

/** One property of a description and the element that carries it. */
interface Field<Description> {
  readonly read: (node: XmlNode) => Partial<Description>;
  readonly write: (description: Description) => readonly Xml[];
}

/** The element is named like the property, with a capital, unless `name` says otherwise. */
const field = <Description, Key extends keyof Description & string>(
  key: Key,
  codec: Codec<NonNullable<Description[Key]>>,
  name = key.charAt(0).toUpperCase() + key.slice(1),
): Field<Description> => ({
  read: (node) => {
    const value = textOf(child(node, name));
    if (value === undefined || value.trim() === "") return {};
    return { [key]: codec.read(value, name) } as unknown as Partial<Description>;
  },
  write: (description) => {
    const value = description[key];
    return value === undefined || value === null ? [] : [element(name, codec.write(value))];
  },
});

/** The properties of a description, in the order of the service's data contract, which .NET clients rely on. */
interface Fields<Description> {
  readonly read: (node: XmlNode) => Partial<Description>;
  readonly write: (description: Description) => readonly Xml[];
}

const inOrder = <Description>(fields: readonly Field<Description>[]): Fields<Description> => ({
  read: (node) => Object.assign({}, ...fields.map((each) => each.read(node))),
  write: (description) => fields.flatMap((each) => each.write(description)),
});

export const queueFields = (host: string): Fields<QueueDescription> =>
  inOrder<QueueDescription>([
    field("lockDuration", text),
    field("maxSizeInMegabytes", integer),
    field("requiresDuplicateDetection", boolean),
    field("requiresSession", boolean),
    field("defaultMessageTimeToLive", text),
    field("deadLetteringOnMessageExpiration", boolean),
    field("duplicateDetectionHistoryTimeWindow", text),
    field("maxDeliveryCount", integer),
    field("enableBatchedOperations", boolean),
    authorizationRules,
    field("status", status),
    field("forwardTo", destination(host)),
    field("userMetadata", text),
    field("autoDeleteOnIdle", text),
    field("enablePartitioning", boolean),
    field("forwardDeadLetteredMessagesTo", destination(host)),
    field("availabilityStatus", availability, "EntityAvailabilityStatus"),
    field("enableExpress", boolean),
    field("maxMessageSizeInKilobytes", integer),
  ]);

export const topicFields: Fields<TopicDescription> = inOrder<TopicDescription>([
  field("defaultMessageTimeToLive", text),
  field("maxSizeInMegabytes", integer),
  field("requiresDuplicateDetection", boolean),
  field("duplicateDetectionHistoryTimeWindow", text),
  field("enableBatchedOperations", boolean),
  authorizationRules,
  field("status", status),
  field("userMetadata", text),
  field("supportOrdering", boolean),
  field("autoDeleteOnIdle", text),
  field("enablePartitioning", boolean),
  field("availabilityStatus", availability, "EntityAvailabilityStatus"),
  field("enableExpress", boolean),
  field("maxMessageSizeInKilobytes", integer),
]);

export const subscriptionFields = (host: string): Fields<SubscriptionDescription> =>
  inOrder<SubscriptionDescription>([
    field("lockDuration", text),
    field("requiresSession", boolean),
    field("defaultMessageTimeToLive", text),
    field("deadLetteringOnMessageExpiration", boolean),
    field("deadLetteringOnFilterEvaluationExceptions", boolean),
    field("maxDeliveryCount", integer),
    field("enableBatchedOperations", boolean),
    field("status", status),
    field("forwardTo", destination(host)),
    field("userMetadata", text),
    field("forwardDeadLetteredMessagesTo", destination(host)),
    field("autoDeleteOnIdle", text),
    field("availabilityStatus", availability, "EntityAvailabilityStatus"),
  ]);
