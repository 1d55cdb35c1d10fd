import type { Expression, Literal, Predicate, PropertyReference, Statement } from "../rules/syntax.ts";

/** The filter as SQL text; parsing it gives the same predicate again. */
export const printPredicate = (node: Predicate): string => {
  const not = "negated" in node && node.negated ? "NOT " : "";
  switch (node.kind) {
    case "or":
      return `${printPredicate(node.left)} OR ${wrapped(node.right, ["or"])}`;
    case "and":
      return `${wrapped(node.left, ["or"])} AND ${wrapped(node.right, ["or", "and"])}`;
    case "not":
      return `NOT ${wrapped(node.operand, ["or", "and"])}`;
    case "comparison":
      return `${printExpression(node.left)} ${node.operator} ${printExpression(node.right)}`;
    case "is-null":
      return `${printExpression(node.property)} IS ${not}NULL`;
    case "in":
      return `${printExpression(node.operand)} ${not}IN (${node.list.map(printExpression).join(", ")})`;
    case "like":
      return `${printExpression(node.operand)} ${not}LIKE ${printExpression(node.pattern)}${
        node.escape === undefined ? "" : ` ESCAPE ${printExpression(node.escape)}`
      }`;
    case "exists":
      return `EXISTS(${printProperty(node.property)})`;
  }
};

const printExpression = (node: Expression): string => {
  switch (node.kind) {
    case "literal":
      return printLiteral(node.value);
    case "parameter":
      return `@${node.name}`;
    case "new-id":
      return "newid()";
    case "property":
      return printProperty(node);
    case "computed-property":
      return `property(${printExpression(node.name)})`;
    case "sign":
      return `${node.operator}${operand(node.operand, isArithmetic)}`;
    case "arithmetic":
      return isSum(node)
        ? `${printExpression(node.left)} ${node.operator} ${operand(node.right, isSum)}`
        : `${operand(node.left, isSum)} ${node.operator} ${operand(node.right, isArithmetic)}`;
  }
};

export const printAction = (statements: readonly Statement[]): string =>
  statements
    .map((statement) =>
      statement.kind === "remove"
        ? `REMOVE ${printProperty(statement.property)}`
        : `SET ${printProperty(statement.property)} = ${printExpression(statement.value)}`,
    )
    .join("; ");

const printProperty = ({ scope, name }: PropertyReference): string => `${scope}.[${name.replaceAll("]", "]]")}]`;

/** The lexical grammar has no sign, so literals here are never negative. */
const printLiteral = (value: Literal): string => {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === "number" && Number.isInteger(value)) return value.toExponential();
  return value === null ? "NULL" : String(value).toUpperCase();
};

const wrapped = (node: Predicate, kinds: readonly Predicate["kind"][]): string =>
  kinds.includes(node.kind) ? `(${printPredicate(node)})` : printPredicate(node);

const operand = (node: Expression, needsParentheses: (node: Expression) => boolean): string =>
  needsParentheses(node) ? `(${printExpression(node)})` : printExpression(node);

const isArithmetic = (node: Expression): boolean => node.kind === "arithmetic";

const isSum = (node: Expression): boolean =>
  node.kind === "arithmetic" && (node.operator === "+" || node.operator === "-");
