import type { QueueDescription, SubscriptionDescription, TopicDescription } from "../entities.ts";
import { FOREVER } from "../entities.ts";
import { InvalidEntityError } from "../errors.ts";
import { millisecondsIn } from "./duration.ts";

/**
 * What the service accepts of a description.
 * Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas and the errors listed at
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-resource-manager-exceptions
 */

type Settings = Partial<QueueDescription & TopicDescription & SubscriptionDescription>;
type Key = keyof Settings & string;

const DURATIONS: readonly { readonly key: Key; readonly least: string; readonly most: string }[] = [
  // The service's least lock is 5 s; shorter ones are for tests that wait for a lock to expire.
  { key: "lockDuration", least: "PT0.1S", most: "PT5M" },
  { key: "defaultMessageTimeToLive", least: "PT0.001S", most: FOREVER },
  { key: "autoDeleteOnIdle", least: "PT5M", most: FOREVER },
  { key: "duplicateDetectionHistoryTimeWindow", least: "PT1S", most: "P7D" },
];

const NUMBERS: readonly { readonly key: Key; readonly least: number; readonly most: number }[] = [
  { key: "maxDeliveryCount", least: 1, most: 2000 },
  { key: "maxMessageSizeInKilobytes", least: 1, most: 102_400 },
];

const SIZES_IN_MEGABYTES = [1024, 2048, 3072, 4096, 5120, 10_240, 20_480, 40_960, 81_920];
const STATUSES = ["Active", "Disabled", "SendDisabled", "ReceiveDisabled"];
const MAX_USER_METADATA = 1024;

/** @throws InvalidEntityError naming the property, what it was given and what it takes. */
export const requireValidSettings = (entity: string, settings: Settings): void => {
  for (const { key, least, most } of DURATIONS) requireDuration(entity, key, settings[key], least, most);
  for (const { key, least, most } of NUMBERS) requireNumber(entity, key, settings[key], least, most);
  requireMember(entity, "maxSizeInMegabytes", settings.maxSizeInMegabytes, SIZES_IN_MEGABYTES);
  requireMember(entity, "status", settings.status, STATUSES);
  if ((settings.userMetadata ?? "").length > MAX_USER_METADATA) {
    throw invalid(
      entity,
      "userMetadata",
      `${settings.userMetadata?.length} characters`,
      `at most ${MAX_USER_METADATA}`,
    );
  }
  if (settings.requiresSession && settings.forwardTo) {
    throw invalid(
      entity,
      "forwardTo",
      `'${settings.forwardTo}'`,
      "nothing, since an entity with sessions cannot forward",
    );
  }
  if (settings.requiresDuplicateDetection && settings.enableExpress) {
    throw invalid(entity, "enableExpress", "true", "false, since duplicate detection needs persistence");
  }
};

const requireDuration = (entity: string, key: Key, value: unknown, least: string, most: string): void => {
  if (value === undefined) return;
  const milliseconds = millisecondsIn(String(value));
  if (milliseconds === undefined) throw invalid(entity, key, `'${value}'`, "an ISO 8601 duration such as PT1M");
  if (milliseconds < (millisecondsIn(least) ?? 0) || milliseconds > (millisecondsIn(most) ?? 0)) {
    throw invalid(entity, key, `'${value}'`, `a duration from ${least} to ${most}`);
  }
};

const requireNumber = (entity: string, key: Key, value: unknown, least: number, most: number): void => {
  if (value === undefined) return;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw invalid(entity, key, String(value), `a whole number from ${least} to ${most}`);
  }
};

const requireMember = (entity: string, key: Key, value: unknown, members: readonly unknown[]): void => {
  if (value !== undefined && !members.includes(value)) {
    throw invalid(entity, key, `'${value}'`, `one of ${members.join(", ")}`);
  }
};

const invalid = (entity: string, key: string, given: string, expected: string): InvalidEntityError =>
  new InvalidEntityError(`The property '${key}' of '${entity}' was given ${given}, but takes ${expected}.`);
