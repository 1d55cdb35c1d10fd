import { parseProperty } from "./parse-property.ts";
import {
  type ArithmeticOperator,
  type ComparisonOperator,
  type Expression,
  isPredicate,
  type Predicate,
} from "./syntax.ts";
import { TokenReader } from "./token-reader.ts";
import type { Token } from "./tokenizer.ts";

/** A parenthesis may hold either, and only what stands inside tells which. */
type Node = Predicate | Expression;

/**
 * The text of a SQL filter.
 * @throws {RuleSyntaxError} when it is no filter of the service's grammar.
 */
export const parseFilter = (source: string): Predicate => {
  const reader = new TokenReader(source);
  const predicate = predicateOf(reader, parseOr(reader));
  if (reader.peek().kind !== "end") throw reader.expected("AND, OR or the end of the filter");
  return predicate;
};

/**
 * One value, as it stands right of the `=` of a SET statement.
 * @throws {RuleSyntaxError} when it is no value of the service's grammar.
 */
export const parseExpression = (reader: TokenReader): Expression => {
  const start = reader.peek();
  return expressionOf(reader, parseSum(reader), start);
};

const parseOr = (reader: TokenReader): Node => {
  let left = parseAnd(reader);
  while (reader.isKeyword("OR")) left = junction(reader, "or", left, parseAnd);
  return left;
};

const parseAnd = (reader: TokenReader): Node => {
  let left = parseNot(reader);
  while (reader.isKeyword("AND")) left = junction(reader, "and", left, parseNot);
  return left;
};

const junction = (
  reader: TokenReader,
  kind: "and" | "or",
  operand: Node,
  parseOperand: (reader: TokenReader) => Node,
): Predicate => {
  const left = predicateOf(reader, operand);
  reader.next();
  return { kind, left, right: predicateOf(reader, parseOperand(reader)) };
};

const parseNot = (reader: TokenReader): Node =>
  reader.takeKeyword("NOT") ? { kind: "not", operand: predicateOf(reader, parseNot(reader)) } : parseCondition(reader);

const parseCondition = (reader: TokenReader): Node => {
  if (reader.takeKeyword("EXISTS")) {
    reader.expectSymbol("(");
    const property = parseProperty(reader);
    reader.expectSymbol(")");
    return { kind: "exists", property };
  }
  const left = parseSum(reader);
  if (isPredicate(left)) return left;
  const operator = takeOperator(reader, comparisonOperators);
  if (operator !== undefined) return { kind: "comparison", operator, left, right: parseExpression(reader) };
  if (reader.isKeyword("IS")) return parseIsNull(reader, left);
  const negated = (reader.isKeyword("IN", 1) || reader.isKeyword("LIKE", 1)) && reader.takeKeyword("NOT");
  if (reader.takeKeyword("IN")) return { kind: "in", negated, operand: left, list: parseList(reader) };
  if (reader.takeKeyword("LIKE")) return parseLike(reader, negated, left);
  return left;
};

const parseIsNull = (reader: TokenReader, property: Expression): Predicate => {
  if (property.kind !== "property" && property.kind !== "computed-property") {
    throw reader.expected("a property before IS [NOT] NULL");
  }
  reader.expectKeyword("IS");
  const negated = reader.takeKeyword("NOT");
  reader.expectKeyword("NULL");
  return { kind: "is-null", negated, property };
};

const parseList = (reader: TokenReader): readonly Expression[] => {
  reader.expectSymbol("(");
  const list = [parseExpression(reader)];
  while (reader.takeSymbol(",")) list.push(parseExpression(reader));
  if (!reader.takeSymbol(")")) throw reader.expected('"," or ")"');
  return list;
};

const parseLike = (reader: TokenReader, negated: boolean, operand: Expression): Predicate => {
  const pattern = parseExpression(reader);
  if (!reader.takeKeyword("ESCAPE")) return { kind: "like", negated, operand, pattern };
  return { kind: "like", negated, operand, pattern, escape: parseExpression(reader) };
};

const parseSum = (reader: TokenReader): Node => parseArithmetic(reader, sumOperators, parseProduct);

const parseProduct = (reader: TokenReader): Node => parseArithmetic(reader, productOperators, parseSign);

const parseArithmetic = (
  reader: TokenReader,
  operators: readonly ArithmeticOperator[],
  parseOperand: (reader: TokenReader) => Node,
): Node => {
  const start = reader.peek();
  let left = parseOperand(reader);
  for (let operator = takeOperator(reader, operators); operator; operator = takeOperator(reader, operators)) {
    const rightStart = reader.peek();
    const right = expressionOf(reader, parseOperand(reader), rightStart);
    left = { kind: "arithmetic", operator, left: expressionOf(reader, left, start), right };
  }
  return left;
};

const parseSign = (reader: TokenReader): Node => {
  const operator = takeOperator(reader, signOperators);
  if (operator === undefined) return parsePrimary(reader);
  const start = reader.peek();
  return { kind: "sign", operator, operand: expressionOf(reader, parseSign(reader), start) };
};

const parsePrimary = (reader: TokenReader): Node => {
  const token = reader.peek();
  if (reader.takeKeyword("NULL")) return { kind: "literal", value: null };
  if (reader.takeSymbol("(")) {
    const inner = parseOr(reader);
    reader.expectSymbol(")");
    return inner;
  }
  if (token.kind === "literal") {
    reader.next();
    return { kind: "literal", value: token.value };
  }
  if (token.kind === "parameter") {
    reader.next();
    return { kind: "parameter", name: token.name };
  }
  if (token.kind !== "name") throw reader.expected("a property, a constant or a function");
  return !token.quoted && reader.isSymbol("(", 1) ? parseCall(reader, token) : parseProperty(reader);
};

const parseCall = (reader: TokenReader, token: Token & { readonly kind: "name" }): Expression => {
  const name = token.name.toLowerCase();
  if (name !== "newid" && name !== "property" && name !== "p") {
    throw reader.expected("one of the functions newid(), property(name) and p(name)");
  }
  reader.next();
  reader.expectSymbol("(");
  const call: Expression =
    name === "newid" ? { kind: "new-id" } : { kind: "computed-property", name: parseExpression(reader) };
  reader.expectSymbol(")");
  return call;
};

const comparisonOperators: readonly ComparisonOperator[] = ["=", "<>", ">", ">=", "<", "<="];
const sumOperators = ["+", "-"] as const;
const signOperators = ["+", "-"] as const;
const productOperators = ["*", "/", "%"] as const;

const takeOperator = <Operator extends string>(
  reader: TokenReader,
  operators: readonly Operator[],
): Operator | undefined => {
  const operator = operators.find((candidate) => reader.isSymbol(candidate));
  if (operator !== undefined) reader.next();
  return operator;
};

/** The next token is where a comparison should have been. */
const predicateOf = (reader: TokenReader, node: Node): Predicate => {
  if (!isPredicate(node)) throw reader.expected("a comparison, IN, LIKE or IS NULL: a value alone is no condition");
  return node;
};

const expressionOf = (reader: TokenReader, node: Node, start: Token): Expression => {
  if (isPredicate(node)) throw reader.expected("a value, not a condition", start);
  return node;
};
