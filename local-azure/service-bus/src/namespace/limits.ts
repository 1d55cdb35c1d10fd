import { durationToMilliseconds } from "../duration.ts";
import type { QueueDescription, SubscriptionDescription, TopicDescription } from "../entities.ts";
import { forever } from "../entities.ts";
import { InvalidEntityError } from "../errors.ts";

/**
 * What the service accepts of a description.
 * Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas and the errors listed at
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-resource-manager-exceptions
 */

type Settings = Partial<QueueDescription & TopicDescription & SubscriptionDescription>;
type Key = keyof Settings & string;

const durationLimits: readonly { readonly key: Key; readonly least: string; readonly most: string }[] = [
  // The service's least lock is 5 s; shorter ones are for tests that wait for a lock to expire.
  { key: "lockDuration", least: "PT0.1S", most: "PT5M" },
  { key: "defaultMessageTimeToLive", least: "PT0.001S", most: forever },
  { key: "autoDeleteOnIdle", least: "PT5M", most: forever },
  { key: "duplicateDetectionHistoryTimeWindow", least: "PT1S", most: "P7D" },
];

const numberLimits: readonly { readonly key: Key; readonly least: number; readonly most: number }[] = [
  { key: "maxDeliveryCount", least: 1, most: 2000 },
  { key: "maxMessageSizeInKilobytes", least: 1, most: 102_400 },
];

const sizesInMegabytes = [1024, 2048, 3072, 4096, 5120, 10_240, 20_480, 40_960, 81_920];
const statuses = ["Active", "Disabled", "SendDisabled", "ReceiveDisabled"];
const maxUserMetadata = 1024;

/** A value that a property of an entity does not take. */
export class InvalidSettingError extends InvalidEntityError {
  override readonly name = "InvalidSettingError";
  readonly property: string;
  readonly expected: string;

  constructor(entity: string, property: string, given: string, expected: string) {
    super(`The property '${property}' of '${entity}' was given ${given}, but takes ${expected}.`);
    this.property = property;
    this.expected = expected;
  }
}

/** @throws {InvalidSettingError} when a property has a value that the service does not take. */
export const requireValidSettings = (entity: string, settings: Settings): void => {
  for (const { key, least, most } of durationLimits) requireDuration(entity, key, settings[key], least, most);
  for (const { key, least, most } of numberLimits) requireNumber(entity, key, settings[key], least, most);
  requireMember(entity, "maxSizeInMegabytes", settings.maxSizeInMegabytes, sizesInMegabytes);
  requireMember(entity, "status", settings.status, statuses);
  if ((settings.userMetadata ?? "").length > maxUserMetadata) {
    throw new InvalidSettingError(
      entity,
      "userMetadata",
      `${settings.userMetadata?.length} characters`,
      `at most ${maxUserMetadata}`,
    );
  }
  if (settings.requiresSession && settings.forwardTo) {
    throw new InvalidSettingError(
      entity,
      "forwardTo",
      `'${settings.forwardTo}'`,
      "nothing, since an entity with sessions cannot forward",
    );
  }
  if (settings.requiresDuplicateDetection && settings.enableExpress) {
    throw new InvalidSettingError(
      entity,
      "enableExpress",
      "true",
      "false, since duplicate detection needs persistence",
    );
  }
};

const requireDuration = (entity: string, key: Key, value: unknown, least: string, most: string): void => {
  if (value === undefined) return;
  const milliseconds = durationIn(entity, key, String(value));
  if (milliseconds < durationIn(entity, key, least) || milliseconds > durationIn(entity, key, most)) {
    throw new InvalidSettingError(entity, key, `'${value}'`, `a duration from ${least} to ${most}`);
  }
};

const durationIn = (entity: string, key: Key, text: string): number => {
  try {
    return durationToMilliseconds(text, key);
  } catch {
    throw new InvalidSettingError(entity, key, `'${text}'`, "an ISO 8601 duration above zero, such as PT1M");
  }
};

const requireNumber = (entity: string, key: Key, value: unknown, least: number, most: number): void => {
  if (value === undefined) return;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw new InvalidSettingError(entity, key, String(value), `a whole number from ${least} to ${most}`);
  }
};

const requireMember = (entity: string, key: Key, value: unknown, members: readonly unknown[]): void => {
  if (value !== undefined && !members.includes(value)) {
    throw new InvalidSettingError(entity, key, `'${value}'`, `one of ${members.join(", ")}`);
  }
};
