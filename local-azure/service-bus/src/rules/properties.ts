import type { PropertyValue, RuleMessage, SettableSystemProperty, SystemProperties } from "../message.ts";
import { RuleEvaluationError } from "./errors.ts";
import type { Scope } from "./syntax.ts";

/** What `sys.<name>` reads; names in lower case, since case does not count. */
const systemProperties: ReadonlyMap<string, keyof SystemProperties> = new Map<string, keyof SystemProperties>([
  ["contenttype", "contentType"],
  ["correlationid", "correlationId"],
  ["enqueuedtimeutc", "enqueuedTimeUtc"],
  ["label", "subject"],
  ["messageid", "messageId"],
  ["partitionkey", "partitionKey"],
  ["replyto", "replyTo"],
  ["replytosessionid", "replyToSessionId"],
  ["scheduledenqueuetimeutc", "scheduledEnqueueTimeUtc"],
  ["sequencenumber", "sequenceNumber"],
  ["sessionid", "sessionId"],
  ["subject", "subject"],
  ["timetolive", "timeToLive"],
  ["to", "to"],
]);

/** Properties of the service's message that have no value before the message has reached a subscription. */
const unsetBeforeDelivery: ReadonlySet<string> = new Set([
  "deadlettersource",
  "deliverycount",
  "enqueuedsequencenumber",
  "expiresatutc",
  "forcepersistence",
  "lockeduntilutc",
  "locktoken",
  "size",
  "state",
  "transactionpartitionkey",
  "viapartitionkey",
]);

const settableProperties: ReadonlySet<string> = new Set<SettableSystemProperty>([
  "messageId",
  "correlationId",
  "to",
  "replyTo",
  "subject",
  "sessionId",
  "replyToSessionId",
  "contentType",
]);

/**
 * The value of a property, null where it has none.
 * @throws {RuleEvaluationError} when there is no such system property.
 */
export const readProperty = (message: RuleMessage, scope: Scope, name: string): PropertyValue =>
  (scope === "sys" ? readSystem(message, name) : readUser(message, name)) ?? null;

/** Whether the message carries the property, be it with a null. */
export const hasProperty = (message: RuleMessage, scope: Scope, name: string): boolean =>
  scope === "sys" ? readSystem(message, name) !== undefined : readUser(message, name) !== undefined;

/** The system property that an action's `sys.<name>` changes; undefined where there is none that it may change. */
export const settableProperty = (name: string): SettableSystemProperty | undefined => {
  const property = systemProperties.get(name.toLowerCase());
  return property !== undefined && isSettable(property) ? property : undefined;
};

/** The name under which the message carries a user property, whose case does not count. */
export const nameOnMessage = (properties: ReadonlyMap<string, unknown>, name: string): string | undefined => {
  if (properties.has(name)) return name;
  const lower = name.toLowerCase();
  return [...properties.keys()].find((candidate) => candidate.toLowerCase() === lower);
};

const isSettable = (property: keyof SystemProperties): property is SettableSystemProperty =>
  settableProperties.has(property);

const readSystem = (message: RuleMessage, name: string): PropertyValue | undefined => {
  const lower = name.toLowerCase();
  const property = systemProperties.get(lower);
  if (property !== undefined) return message.system[property];
  if (unsetBeforeDelivery.has(lower)) return undefined;
  throw new RuleEvaluationError(
    `A message has no system property sys.${name}. Use one of ${[...systemProperties.values()].join(", ")}.`,
  );
};

const readUser = (message: RuleMessage, name: string): PropertyValue | undefined => {
  const carried = nameOnMessage(message.applicationProperties, name);
  return carried === undefined ? undefined : message.applicationProperties.get(carried);
};
