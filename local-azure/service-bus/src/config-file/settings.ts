import type { QueueDescription, SubscriptionDescription, TopicDescription } from "../entities.ts";
import { InvalidSettingError, requireValidSettings } from "../namespace/limits.ts";
import { isAbsent, membersOf, type Place, unexpected } from "./place.ts";

type Settings = Partial<QueueDescription & TopicDescription & SubscriptionDescription>;

/** The emulator reads the first line of each; the others are further settings of the service under the same spelling. */
const queueProperties = [
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

const topicProperties = [
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

const subscriptionProperties = [
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

const wholeNumberNames = ["MaxDeliveryCount", "MaxMessageSizeInKilobytes", "MaxSizeInMegabytes"];
const booleanNames = /^(?:Requires|Enable|DeadLettering|SupportOrdering)/u;

export const queueSettings = (properties: Place): Partial<QueueDescription> => settingsIn(properties, queueProperties);

export const topicSettings = (properties: Place): Partial<TopicDescription> => settingsIn(properties, topicProperties);

export const subscriptionSettings = (properties: Place): Partial<SubscriptionDescription> =>
  settingsIn(properties, subscriptionProperties);

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
  if (wholeNumberNames.includes(name)) return "whole number";
  return booleanNames.test(name) ? "boolean" : "string";
};

const requireAccepted = (place: Place, settings: Settings): void => {
  try {
    requireValidSettings("Properties", settings);
  } catch (error) {
    if (!(error instanceof InvalidSettingError)) throw error;
    throw unexpected(place, error.expected);
  }
};
