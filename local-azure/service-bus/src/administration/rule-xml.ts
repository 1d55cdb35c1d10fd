import type { RuleDescription, RuleFilter, SqlRuleAction } from "../entities.ts";
import { InvalidEntityError } from "../errors.ts";
import { readKeyValues, writeKeyValues } from "./key-values.ts";
import { child, childText, typeOf, type XmlNode } from "./xml-reader.ts";
import { element, type Xml } from "./xml-writer.ts";

/** The fields of a correlation filter and their elements. */
const correlationFields = [
  ["correlationId", "CorrelationId"],
  ["messageId", "MessageId"],
  ["to", "To"],
  ["replyTo", "ReplyTo"],
  ["subject", "Label"],
  ["sessionId", "SessionId"],
  ["replyToSessionId", "ReplyToSessionId"],
  ["contentType", "ContentType"],
] as const;

/** A rule from a `RuleDescription` (or `DefaultRuleDescription`) element; without a filter it is true. */
export const readRule = (name: string, node: XmlNode): RuleDescription => {
  const action = readAction(child(node, "Action"));
  return { name, filter: readFilter(child(node, "Filter")), ...(action && { action }) };
};

const readFilter = (node: XmlNode): RuleFilter => {
  const type = typeOf(node);
  switch (type) {
    case undefined:
    case "TrueFilter":
      return { kind: "true" };
    case "FalseFilter":
      return { kind: "false" };
    case "SqlFilter":
      return { kind: "sql", ...readSql(node) };
    case "CorrelationFilter": {
      const fields = correlationFields.map(([key, name]) => [key, childText(node, name)] as const);
      const applicationProperties = readKeyValues(child(node, "Properties"));
      return {
        kind: "correlation",
        ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)),
        ...(applicationProperties && { applicationProperties }),
      };
    }
    default:
      throw new InvalidEntityError(
        `A filter of type '${type}' is unknown: use SqlFilter, CorrelationFilter, TrueFilter or FalseFilter.`,
      );
  }
};

const readAction = (node: XmlNode): SqlRuleAction | undefined =>
  childText(node, "SqlExpression") ? readSql(node) : undefined;

const readSql = (node: XmlNode): SqlRuleAction => {
  const sqlParameters = readKeyValues(child(node, "Parameters"));
  return { sqlExpression: childText(node, "SqlExpression") ?? "", ...(sqlParameters && { sqlParameters }) };
};

/** The elements inside a `RuleDescription`. */
export const writeRule = (rule: RuleDescription, createdAt: Date): readonly Xml[] => [
  writeFilter(rule.filter),
  rule.action === undefined
    ? element("Action", [], { "i:type": "EmptyRuleAction" })
    : element("Action", writeSql(rule.action), { "i:type": "SqlRuleAction" }),
  element("CreatedAt", createdAt.toISOString()),
  element("Name", rule.name),
];

const writeFilter = (filter: RuleFilter): Xml => {
  switch (filter.kind) {
    case "true":
      return element("Filter", writeSql({ sqlExpression: "1=1" }), { "i:type": "TrueFilter" });
    case "false":
      return element("Filter", writeSql({ sqlExpression: "1=0" }), { "i:type": "FalseFilter" });
    case "sql":
      return element("Filter", writeSql(filter), { "i:type": "SqlFilter" });
    case "correlation": {
      const { applicationProperties } = filter;
      const fields = correlationFields.flatMap(([key, name]) => {
        const value = filter[key];
        return value === undefined ? [] : [element(name, value)];
      });
      const properties = applicationProperties ? [writeKeyValues("Properties", applicationProperties)] : [];
      return element("Filter", [...fields, ...properties], { "i:type": "CorrelationFilter" });
    }
  }
};

/** Level 20 is the only one the service knows. */
const writeSql = ({ sqlExpression, sqlParameters }: SqlRuleAction): readonly Xml[] => [
  element("SqlExpression", sqlExpression),
  element("CompatibilityLevel", "20"),
  ...(sqlParameters ? [writeKeyValues("Parameters", sqlParameters)] : []),
];
