import type { RuleMessage } from "../message.ts";
import { compare } from "./compare.ts";
import { evaluateExpression, type Parameters } from "./evaluate-expression.ts";
import { like } from "./like.ts";
import { hasProperty } from "./properties.ts";
import type { Expression, Predicate } from "./syntax.ts";
import { and, not, or, type Truth } from "./truth.ts";

/**
 * Whether a condition holds on one message, in three-valued logic.
 * @throws {RuleEvaluationError} when an expression in it fails on this message.
 */
export const evaluatePredicate = (node: Predicate, message: RuleMessage, parameters: Parameters): Truth => {
  const evaluate = (expression: Expression) => evaluateExpression(expression, message, parameters);
  const truthOf = (predicate: Predicate) => evaluatePredicate(predicate, message, parameters);
  switch (node.kind) {
    case "and": {
      const left = truthOf(node.left);
      return left === false ? false : and(left, truthOf(node.right));
    }
    case "or": {
      const left = truthOf(node.left);
      return left === true ? true : or(left, truthOf(node.right));
    }
    case "not":
      return not(truthOf(node.operand));
    case "comparison":
      return compare(node.operator, evaluate(node.left), evaluate(node.right));
    case "is-null":
      return (evaluate(node.property) === null) !== node.negated;
    case "exists":
      return hasProperty(message, node.property.scope, node.property.name);
    case "in": {
      const operand = evaluate(node.operand);
      const found = node.list.map((member) => compare("=", operand, evaluate(member))).reduce(or, false);
      return node.negated ? not(found) : found;
    }
    case "like": {
      const escapeCharacter = node.escape === undefined ? undefined : evaluate(node.escape);
      const matched = matchesPattern(evaluate(node.operand), evaluate(node.pattern), escapeCharacter);
      return node.negated ? not(matched) : matched;
    }
  }
};

const matchesPattern = (operand: unknown, pattern: unknown, escapeCharacter: unknown): Truth => {
  if (typeof operand !== "string" || typeof pattern !== "string") return undefined;
  if (escapeCharacter !== undefined && typeof escapeCharacter !== "string") return undefined;
  return like(operand, pattern, escapeCharacter);
};
