import type { PropertyValue, RuleMessage, SystemProperties } from "../message.ts";

/** A message with these application properties and system properties. */
export const messageWith = (
  applicationProperties: Readonly<Record<string, PropertyValue>>,
  system: SystemProperties = {},
): RuleMessage => ({ system, applicationProperties: new Map(Object.entries(applicationProperties)) });
