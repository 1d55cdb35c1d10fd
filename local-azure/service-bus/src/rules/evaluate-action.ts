import type { PropertyValue, RuleChanges, RuleMessage, SettableSystemProperty } from "../message.ts";
import { RuleEvaluationError } from "./errors.ts";
import { evaluateExpression, type Parameters } from "./evaluate-expression.ts";
import { nameOnMessage, readProperty, settableProperty } from "./properties.ts";
import type { PropertyReference, Statement } from "./syntax.ts";

/**
 * What an action changes of one message; each statement sees what those before it did.
 * @throws {RuleEvaluationError} when a statement fails on this message.
 */
export const evaluateAction = (
  statements: readonly Statement[],
  message: RuleMessage,
  parameters: Parameters,
): RuleChanges => {
  const system = new Map<SettableSystemProperty, string | undefined>();
  const applicationProperties = new Map<string, PropertyValue | undefined>();
  let current = message;
  for (const statement of statements) {
    const { property } = statement;
    const value = statement.kind === "remove" ? undefined : converted(current, statement, parameters);
    if (property.scope === "sys") system.set(systemNameOf(property), textOf(property, value));
    else applicationProperties.set(nameOnMessage(message.applicationProperties, property.name) ?? property.name, value);
    current = withChanges(message, { system, applicationProperties });
  }
  return { system, applicationProperties };
};

const withChanges = (message: RuleMessage, changes: RuleChanges): RuleMessage => {
  const applicationProperties = new Map(message.applicationProperties);
  for (const [name, value] of changes.applicationProperties) {
    if (value === undefined) applicationProperties.delete(name);
    else applicationProperties.set(name, value);
  }
  return { system: { ...message.system, ...Object.fromEntries(changes.system) }, applicationProperties };
};

/** A value takes the type that the property has already, where it can. */
const converted = (
  message: RuleMessage,
  statement: Statement & { readonly kind: "set" },
  parameters: Parameters,
): PropertyValue => {
  const value = evaluateExpression(statement.value, message, parameters);
  if (statement.property.scope === "sys" || value === null) return value;
  const existing = readProperty(message, "user", statement.property.name);
  if (typeof existing === "string" && typeof value !== "string") return scalarText(value) ?? value;
  if (typeof value !== "string") return value;
  if (typeof existing === "number" || typeof existing === "bigint") return numberIn(value) ?? value;
  if (typeof existing === "boolean") return booleans.get(value.toLowerCase()) ?? value;
  return value;
};

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

const numberIn = (text: string): number | undefined => {
  const number = Number(text);
  return text.trim() === "" || Number.isNaN(number) ? undefined : number;
};

const scalarText = (value: PropertyValue): string | undefined => {
  if (value instanceof Date) return value.toISOString();
  return value === null || value instanceof Uint8Array ? undefined : String(value);
};

const systemNameOf = (property: PropertyReference): SettableSystemProperty => {
  const name = settableProperty(property.name);
  if (name === undefined) throw new RuleEvaluationError(`An action cannot change sys.${property.name}.`);
  return name;
};

const textOf = (property: PropertyReference, value: PropertyValue | undefined): string | undefined => {
  if (value === undefined || value === null) return undefined;
  const text = scalarText(value);
  if (text === undefined) throw new RuleEvaluationError(`sys.${property.name} takes a text, not bytes.`);
  return text;
};
