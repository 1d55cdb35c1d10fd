import { randomUUID } from "node:crypto";
import type { PropertyValue, RuleMessage } from "../message.ts";
import { calculate, signed } from "./arithmetic.ts";
import { RuleEvaluationError } from "./errors.ts";
import { readProperty } from "./properties.ts";
import type { ComputedPropertyReference, Expression } from "./syntax.ts";

/** Values of `@name` parameters by name, without the `@`. */
export type Parameters = ReadonlyMap<string, PropertyValue>;

/**
 * The value of an expression on one message; null is the unknown value.
 * @throws {RuleEvaluationError} when the expression fails on this message.
 */
export const evaluateExpression = (node: Expression, message: RuleMessage, parameters: Parameters): PropertyValue => {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "parameter":
      return parameters.get(node.name) ?? null;
    case "new-id":
      return randomUUID();
    case "property":
      return typed(readProperty(message, node.scope, node.name));
    case "computed-property":
      return readComputed(node, message, parameters);
    case "sign":
      return signed(node.operator, evaluateExpression(node.operand, message, parameters));
    case "arithmetic":
      return calculate(
        node.operator,
        evaluateExpression(node.left, message, parameters),
        evaluateExpression(node.right, message, parameters),
      );
  }
};

/** A whole number that a message carries is taken for an integer: on the wire most are, and JavaScript does not tell. */
const typed = (value: PropertyValue): PropertyValue => (Number.isSafeInteger(value) ? BigInt(Number(value)) : value);

/** The name may carry its scope: `property('sys.Label')`. */
const readComputed = (node: ComputedPropertyReference, message: RuleMessage, parameters: Parameters): PropertyValue => {
  const name = evaluateExpression(node.name, message, parameters);
  if (name === null) return null;
  if (typeof name !== "string") {
    throw new RuleEvaluationError(`property(name) needs the name as a text, but was given ${String(name)}.`);
  }
  const [, scope, rest] = /^(?:(sys|user)\.)?(.*)$/isu.exec(name) ?? [];
  return typed(readProperty(message, scope?.toLowerCase() === "sys" ? "sys" : "user", rest ?? name));
};
