import type { CorrelationRuleFilter } from "../entities.ts";
import type { PropertyValue, RuleMessage } from "../message.ts";
import { compare } from "./compare.ts";
import { readProperty } from "./properties.ts";

const comparedFields = [
  "correlationId",
  "messageId",
  "to",
  "replyTo",
  "subject",
  "sessionId",
  "replyToSessionId",
  "contentType",
] as const;

/** A correlation filter matches where every field and property it names is equal, text with regard to case. */
export const matchesCorrelation = (filter: CorrelationRuleFilter, message: RuleMessage): boolean =>
  comparedFields.every((field) => filter[field] === undefined || filter[field] === message.system[field]) &&
  Object.entries(filter.applicationProperties ?? {}).every(([name, expected]) =>
    isEqual(expected, readProperty(message, "user", name)),
  );

const isEqual = (expected: PropertyValue, actual: PropertyValue): boolean => compare("=", expected, actual) === true;
