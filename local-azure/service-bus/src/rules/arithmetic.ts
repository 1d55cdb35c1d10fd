import type { PropertyValue } from "../message.ts";
import { RuleEvaluationError } from "./errors.ts";
import type { ArithmeticOperator } from "./syntax.ts";

/**
 * The arithmetic of C#: two integers give a 64-bit integer (division truncates, overflow wraps), an integer and a
 * double a double, and `+` with a text concatenates. Unknown where either side is null.
 * @throws {RuleEvaluationError} when the types do not fit or an integer is divided by zero.
 */
export const calculate = (operator: ArithmeticOperator, left: PropertyValue, right: PropertyValue): PropertyValue => {
  if (left === null || right === null) return null;
  if (operator === "+" && (typeof left === "string" || typeof right === "string")) return `${left}${right}`;
  const [a, b] = [asNumber(operator, left), asNumber(operator, right)];
  return typeof a === "bigint" && typeof b === "bigint"
    ? BigInt.asIntN(64, onIntegers(operator, a, b))
    : onDoubles(operator, Number(a), Number(b));
};

/**
 * The sign before a value.
 * @throws {RuleEvaluationError} when the value is no number.
 */
export const signed = (operator: "+" | "-", operand: PropertyValue): PropertyValue => {
  if (operand === null) return null;
  const value = asNumber(operator, operand);
  if (operator === "+") return value;
  return typeof value === "bigint" ? BigInt.asIntN(64, -value) : -value;
};

const asNumber = (operator: string, value: PropertyValue): number | bigint => {
  if (typeof value === "bigint" || typeof value === "number") return value;
  throw new RuleEvaluationError(`The operator ${operator} needs numbers, but was given ${JSON.stringify(value)}.`);
};

const onIntegers = (operator: ArithmeticOperator, left: bigint, right: bigint): bigint => {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / nonZero(left, operator, right);
    case "%":
      return left % nonZero(left, operator, right);
  }
};

const nonZero = (left: bigint, operator: string, right: bigint): bigint => {
  if (right === 0n) throw new RuleEvaluationError(`${left} ${operator} 0 divides an integer by zero.`);
  return right;
};

const onDoubles = (operator: ArithmeticOperator, left: number, right: number): number => {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
  }
};
