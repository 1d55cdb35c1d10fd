import { type EncodedChanges, replaceSection, withApplicationProperties } from "../amqp/edit.ts";
import { Cursor } from "../amqp/read.ts";
import { elementsOf, entriesOf, propertyCount, propertyIndex, sectionCode, sectionsOf } from "../amqp/sections.ts";
import {
  encodeBinary,
  encodeBoolean,
  encodeDouble,
  encodedNull,
  encodeListSection,
  encodeLong,
  encodeString,
  encodeSymbol,
  encodeTimestamp,
} from "../amqp/write.ts";
import type { PropertyValue, RuleChanges, RuleMessage, SettableSystemProperty } from "../message.ts";
import type { MessageRecord } from "../queue/record.ts";

/** Where the properties that an action may set stand in the properties list. */
const settableProperties: Readonly<Record<SettableSystemProperty, number>> = {
  messageId: propertyIndex.messageId,
  correlationId: propertyIndex.correlationId,
  to: propertyIndex.to,
  replyTo: propertyIndex.replyTo,
  subject: propertyIndex.subject,
  sessionId: propertyIndex.groupId,
  replyToSessionId: propertyIndex.replyToGroupId,
  contentType: propertyIndex.contentType,
};

/** Shows a message to the rules of a subscription. */
export function ruleMessageOf(record: MessageRecord, content: Buffer): RuleMessage {
  const sections = sectionsOf(content);
  const section = (descriptor: number) => sections.find((candidate) => candidate.descriptor === descriptor);
  const values = (descriptor: number) => {
    const found = section(descriptor);
    return new Map(
      (found ? entriesOf(content, found) : []).map(({ key, value }) => [
        key,
        new Cursor(value).read() as PropertyValue,
      ]),
    );
  };
  const properties = section(sectionCode.properties);
  const elements = properties ? elementsOf(content, properties) : [];
  const text = (index: number) => {
    const element = elements[index];
    const value = element ? new Cursor(element).read() : null;
    return value === null ? undefined : String(value);
  };
  const annotations = values(sectionCode.messageAnnotations);
  const partitionKey = annotations.get("x-opt-partition-key");
  const scheduled = annotations.get("x-opt-scheduled-enqueue-time");
  return {
    system: {
      messageId: text(propertyIndex.messageId),
      correlationId: text(propertyIndex.correlationId),
      to: text(propertyIndex.to),
      replyTo: text(propertyIndex.replyTo),
      subject: text(propertyIndex.subject),
      sessionId: text(propertyIndex.groupId),
      replyToSessionId: text(propertyIndex.replyToGroupId),
      contentType: text(propertyIndex.contentType),
      partitionKey: typeof partitionKey === "string" ? partitionKey : undefined,
      timeToLive: Number.isFinite(record.expiresAt) ? record.expiresAt - record.enqueuedAt : undefined,
      enqueuedTimeUtc: new Date(record.enqueuedAt),
      scheduledEnqueueTimeUtc: scheduled instanceof Date ? scheduled : undefined,
      sequenceNumber: record.sequenceNumber,
    },
    applicationProperties: values(sectionCode.applicationProperties),
  };
}

/** The message as the action of a rule leaves it. */
export function withRuleChanges(content: Buffer, changes: RuleChanges, ruleName: string): Buffer {
  const properties: Map<string, Buffer | undefined> = new Map([["RuleName", encodeString(ruleName)]]);
  for (const [name, value] of changes.applicationProperties) {
    properties.set(name, value === undefined ? undefined : encodeProperty(value));
  }
  return withApplicationProperties(withSystemProperties(content, changes), properties satisfies EncodedChanges);
}

function withSystemProperties(content: Buffer, changes: RuleChanges): Buffer {
  if (changes.system.size === 0) return content;
  const sections = sectionsOf(content);
  const section = sections.find(({ descriptor }) => descriptor === sectionCode.properties);
  const given = section ? elementsOf(content, section) : [];
  const elements = Array.from({ length: propertyCount }, (_, index) => given[index] ?? encodedNull);
  for (const [name, value] of changes.system) {
    const encode = name === "contentType" ? encodeSymbol : encodeString;
    elements[settableProperties[name]] = value === undefined ? encodedNull : encode(value);
  }
  return replaceSection(content, sections, sectionCode.properties, encodeListSection(sectionCode.properties, elements));
}

function encodeProperty(value: PropertyValue): Buffer {
  if (value === null) return encodedNull;
  if (typeof value === "string") return encodeString(value);
  if (typeof value === "boolean") return encodeBoolean(value);
  if (typeof value === "bigint") return encodeLong(value);
  if (typeof value === "number") return Number.isSafeInteger(value) ? encodeLong(value) : encodeDouble(value);
  return value instanceof Date ? encodeTimestamp(value.getTime()) : encodeBinary(value);
}
