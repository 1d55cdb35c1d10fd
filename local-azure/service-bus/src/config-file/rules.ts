import type { CorrelationRuleFilter, RuleDescription, RuleFilter, RuleParameter, SqlRuleAction } from "../entities.ts";
import { compileRule } from "../rules/compile-rule.ts";
import { RuleSyntaxError } from "../rules/errors.ts";
import { allMembersOf, ConfigFileError, isAbsent, membersOf, type Place, textAt, unexpected } from "./place.ts";

/** The members of a correlation filter; a label is what the SDK calls the subject. */
const correlationFields = {
  ContentType: "contentType",
  CorrelationId: "correlationId",
  Label: "subject",
  MessageId: "messageId",
  ReplyTo: "replyTo",
  ReplyToSessionId: "replyToSessionId",
  SessionId: "sessionId",
  To: "to",
} as const;

/**
 * One rule of a subscription.
 * @throws {ConfigFileError} when it is not written as the emulator writes a rule.
 */
export const ruleAt = (place: Place): RuleDescription => {
  const { Name, Properties } = membersOf(place, ["Name", "Properties"]);
  const properties = membersOf(Properties, ["FilterType", "CorrelationFilter", "SqlFilter", "Action"]);
  const name = textAt(Name, "the name of the rule");
  const filter = filterAt(properties);
  if (filter.kind === "sql") requireCompiles(properties.SqlFilter, { name, filter });
  if (isAbsent(properties.Action)) return { name, filter };
  const rule = { name, filter, action: sqlAt(properties.Action) };
  requireCompiles(properties.Action, rule);
  return rule;
};

const filterAt = (
  properties: Readonly<Record<"FilterType" | "CorrelationFilter" | "SqlFilter", Place>>,
): RuleFilter => {
  switch (properties.FilterType.value) {
    case "Sql":
      return { kind: "sql", ...sqlAt(properties.SqlFilter) };
    case "Correlation":
      return correlationAt(properties.CorrelationFilter);
    default:
      throw unexpected(properties.FilterType, '"Sql" or "Correlation"');
  }
};

const sqlAt = (place: Place): SqlRuleAction => {
  const { SqlExpression } = membersOf(place, ["SqlExpression"]);
  return { sqlExpression: textAt(SqlExpression, "a SQL expression") };
};

const correlationAt = (place: Place): CorrelationRuleFilter => {
  const { Properties, ...fields } = membersOf(place, [
    "Properties",
    ...(Object.keys(correlationFields) as (keyof typeof correlationFields)[]),
  ]);
  const given = Object.entries(correlationFields).filter(
    ([name]) => !isAbsent(fields[name as keyof typeof correlationFields]),
  );
  if (given.length === 0 && isAbsent(Properties)) throw unexpected(place, "at least one field to compare");
  return {
    kind: "correlation",
    ...Object.fromEntries(given.map(([name, key]) => [key, textAt(fields[name as keyof typeof correlationFields])])),
    ...(isAbsent(Properties) ? {} : { applicationProperties: applicationPropertiesAt(Properties) }),
  };
};

const applicationPropertiesAt = (place: Place): Readonly<Record<string, RuleParameter>> =>
  Object.fromEntries(
    allMembersOf(place).map(([name, member]) => {
      const { value } = member;
      if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return [name, value];
      throw unexpected(member, "a text, a number, true or false");
    }),
  );

const requireCompiles = ({ file, path }: Place, rule: RuleDescription): void => {
  try {
    compileRule(rule);
  } catch (error) {
    if (!(error instanceof RuleSyntaxError)) throw error;
    const at = { file, path: `${path}.SqlExpression` };
    throw new ConfigFileError(at, error.expected, `${error.found} at position ${error.position} of "${error.source}"`);
  }
};
