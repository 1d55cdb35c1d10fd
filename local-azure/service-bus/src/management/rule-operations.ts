import { Cursor } from "../amqp/read.ts";
import { type Typed, types } from "../amqp/rhea.ts";
import type { CorrelationRuleFilter, RuleDescription, RuleFilter, RuleParameter, SqlRuleAction } from "../entities.ts";
import { InvalidRequestError } from "../errors.ts";
import { done, type Operation, type OperationContext } from "./operation.ts";
import type { RequestBody } from "./request-body.ts";

/** Descriptors of rules on the wire. */
const filterDescriptors = {
  rule: 0x13700000004,
  emptyAction: 0x13700000005,
  sqlAction: 0x13700000006,
  sqlFilter: 0x1370000006,
  trueFilter: 0x1370000007,
  falseFilter: 0x1370000008,
  correlationFilter: 0x1370000009,
} as const;

export const addRule: Operation = async (context) => {
  const { topic, subscription } = subscriptionOf(context);
  await context.namespace.createRule(topic, subscription, readRule(context.body));
  return done;
};

export const removeRule: Operation = async (context) => {
  const { topic, subscription } = subscriptionOf(context);
  await context.namespace.deleteRule(topic, subscription, context.body.text("rule-name"));
  return done;
};

export const enumerateRules: Operation = (context) => {
  const { topic, subscription } = subscriptionOf(context);
  const skip = context.body.optionalNumber("skip") ?? 0;
  const top = context.body.optionalNumber("top") ?? Number.MAX_SAFE_INTEGER;
  const rules = context.namespace.listRules(topic, subscription).slice(skip, skip + top);
  if (rules.length === 0) return { status: 204 };
  const described = rules.map(({ description, createdAt }) => ({
    "rule-description": describeRule(description, createdAt),
  }));
  return { status: 200, body: { rules: described } };
};

function subscriptionOf({ entity }: OperationContext) {
  if (entity.kind !== "subscription") {
    throw new InvalidRequestError(`'${entity.path}' is not a subscription and has no rules.`);
  }
  return { topic: entity.description.topicName, subscription: entity.description.subscriptionName };
}

function readRule(body: RequestBody): RuleDescription {
  const description = body.map("rule-description");
  if (!description) throw new InvalidRequestError("The request needs a map under 'rule-description'.");
  const action = description.map("sql-rule-action")?.optionalText("expression");
  return {
    name: body.text("rule-name"),
    filter: readFilter(description),
    ...(action ? { action: { sqlExpression: action } } : {}),
  };
}

function readFilter(description: RequestBody): RuleFilter {
  const sql = description.map("sql-filter");
  if (sql) return { kind: "sql", sqlExpression: sql.text("expression") };
  const correlation = description.map("correlation-filter");
  if (!correlation) return { kind: "true" };
  const properties = correlation.map("properties");
  const filter: Record<keyof Omit<CorrelationRuleFilter, "kind">, unknown> = {
    correlationId: correlation.optionalText("correlation-id"),
    messageId: correlation.optionalText("message-id"),
    to: correlation.optionalText("to"),
    replyTo: correlation.optionalText("reply-to"),
    subject: correlation.optionalText("label"),
    sessionId: correlation.optionalText("session-id"),
    replyToSessionId: correlation.optionalText("reply-to-session-id"),
    contentType: correlation.optionalText("content-type"),
    applicationProperties: properties && readProperties(properties),
  };
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return { kind: "correlation", ...Object.fromEntries(given) };
}

function readProperties(properties: RequestBody): Record<string, RuleParameter> {
  return Object.fromEntries(
    [...properties.entries].map(([name, bytes]) => [name, new Cursor(bytes).read() as RuleParameter]),
  );
}

function describeRule({ name, filter, action }: RuleDescription, createdAt: Date): Typed {
  return described(filterDescriptors.rule, [
    describeFilter(filter),
    describeAction(action),
    types.wrap_string(name),
    types.wrap_timestamp(createdAt.getTime()),
  ]);
}

function describeAction(action: SqlRuleAction | undefined): Typed {
  if (!action) return described(filterDescriptors.emptyAction, []);
  return described(filterDescriptors.sqlAction, [types.wrap_string(action.sqlExpression)]);
}

function describeFilter(filter: RuleFilter): Typed {
  switch (filter.kind) {
    case "true":
      return described(filterDescriptors.trueFilter, []);
    case "false":
      return described(filterDescriptors.falseFilter, []);
    case "sql":
      return described(filterDescriptors.sqlFilter, [types.wrap_string(filter.sqlExpression)]);
    case "correlation":
      return described(filterDescriptors.correlationFilter, [
        filter.correlationId,
        filter.messageId,
        filter.to,
        filter.replyTo,
        filter.subject,
        filter.sessionId,
        filter.replyToSessionId,
        filter.contentType,
        types.wrap_map(filter.applicationProperties ?? {}),
      ]);
  }
}

function described(descriptor: number, fields: readonly unknown[]): Typed {
  return types.described_nc(types.wrap_ulong(descriptor), types.wrap_list(fields));
}
