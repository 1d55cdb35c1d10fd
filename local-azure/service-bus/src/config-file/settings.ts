import type { QueueDescription, SubscriptionDescription, TopicDescription } from "../entities.ts";
import { InvalidSettingError, requireValidSettings } from "../namespace/limits.ts";
import { isAbsent, membersOf, type Place, unexpected } from "./place.ts";

type Settings = Partial<QueueDescription & TopicDescription & SubscriptionDescription>;

/** The emulator reads the first line of each; the others are further settings of the service under the same spelling. */
const QUEUE_PROPERTIES = [
  ...["DeadLetteringOnMessageExpiration", "DefaultMessageTimeToLive", "DuplicateDetectionHistoryTimeWindow"],
  ...["ForwardDeadLetteredMessagesTo", "ForwardTo", "LockDuration", "MaxDeliveryCount", "RequiresDuplicateDetection"],
  ...["RequiresSession"],
  ...[
    "AutoDeleteOnIdle",
    "EnableBatchedOperations",
    "EnableExpress",
    "EnablePartitioning",
    "MaxMessageSizeInKilobytes",
  ],
  ...["MaxSizeInMegabytes", "Status", "UserMetadata"],
];

const TOPIC_PROPERTIES = [
  ...["DefaultMessageTimeToLive", "DuplicateDetectionHistoryTimeWindow", "RequiresDuplicateDetection"],
  ...[
    "AutoDeleteOnIdle",
    "EnableBatchedOperations",
    "EnableExpress",
    "EnablePartitioning",
    "MaxMessageSizeInKilobytes",
  ],
  ...["MaxSizeInMegabytes", "Status", "SupportOrdering", "UserMetadata"],
];

const SUBSCRIPTION_PROPERTIES = [
  ...["DeadLetteringOnMessageExpiration", "DefaultMessageTimeToLive", "ForwardDeadLetteredMessagesTo", "ForwardTo"],
  ...["LockDuration", "MaxDeliveryCount", "RequiresSession"],
  ...[
    "AutoDeleteOnIdle",
    "DeadLetteringOnFilterEvaluationExceptions",
    "EnableBatchedOperations",
    "Status",
    "UserMetadata",
  ],
];

const WHOLE_NUMBERS = ["MaxDeliveryCount", "MaxMessageSizeInKilobytes", "MaxSizeInMegabytes"];
const BOOLEANS = /^(?:Requires|Enable|DeadLettering|SupportOrdering)/u;

export const queueSettings = (properties: Place): Partial<QueueDescription> => settingsIn(properties, QUEUE_PROPERTIES);

export const topicSettings = (properties: Place): Partial<TopicDescription> => settingsIn(properties, TOPIC_PROPERTIES);

export const subscriptionSettings = (properties: Place): Partial<SubscriptionDescription> =>
  settingsIn(properties, SUBSCRIPTION_PROPERTIES);

const settingsIn = (properties: Place, names: readonly string[]): Settings => {
  if (isAbsent(properties)) return {};
  const settings = Object.values(membersOf(properties, names))
    // The emulator's own sample says "no forwarding" with an empty text.
    .filter((place) => !isAbsent(place) && place.value !== "")
    .map((place) => settingAt(place));
  const all = Object.assign({}, ...settings);
  requireAccepted(properties, all);
  return all;
};

const settingAt = (place: Place): Settings => {
  const name = place.path.slice(place.path.lastIndexOf(".") + 1);
  const type = typeOf(name);
  const isOfType = type === "whole number" ? Number.isInteger(place.value) : typeof place.value === type;
  if (!isOfType)
    throw unexpected(place, type === "boolean" ? "true or false" : `a ${type === "string" ? "text" : type}`);
  const setting: Settings = { [name.charAt(0).toLowerCase() + name.slice(1)]: place.value };
  requireAccepted(place, setting);
  return setting;
};

const typeOf = (name: string): "boolean" | "string" | "whole number" => {
  if (WHOLE_NUMBERS.includes(name)) return "whole number";
  return BOOLEANS.test(name) ? "boolean" : "string";
};

const requireAccepted = (place: Place, settings: Settings): void => {
  try {
    requireValidSettings("Properties", settings);
  } catch (error) {
    if (!(error instanceof InvalidSettingError)) throw error;
    throw unexpected(place, error.expected);
  }
};
