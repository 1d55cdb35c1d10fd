import type { PropertyValue } from "../message.ts";
import type { ComparisonOperator } from "./syntax.ts";
import type { Truth } from "./truth.ts";

/**
 * `left <operator> right`. Text is compared by code unit, with regard to case; an integer and a double by value; dates
 * by instant. Unknown where either side is null, or where the types have no common ground ("a" < 3).
 */
export const compare = (operator: ComparisonOperator, left: PropertyValue, right: PropertyValue): Truth => {
  const order = orderOf(left, right);
  if (order === undefined) return undefined;
  switch (operator) {
    case "=":
      return order === 0;
    case "<>":
      return order !== 0;
    case "<":
      return isRanked(left) ? order < 0 : undefined;
    case "<=":
      return isRanked(left) ? order <= 0 : undefined;
    case ">":
      return isRanked(left) ? order > 0 : undefined;
    case ">=":
      return isRanked(left) ? order >= 0 : undefined;
  }
};

const isNumber = (value: PropertyValue): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";

/** Booleans and bytes are equal or not, but neither is the greater. */
const isRanked = (value: PropertyValue): boolean => typeof value !== "boolean" && !(value instanceof Uint8Array);

const orderOf = (left: PropertyValue, right: PropertyValue): number | undefined => {
  if (isNumber(left) && isNumber(right)) return orderOfScalars(left, right);
  if (typeof left === "string" && typeof right === "string") return orderOfScalars(left, right);
  if (typeof left === "boolean" && typeof right === "boolean") return orderOfScalars(left, right);
  if (left instanceof Date && right instanceof Date) return orderOfScalars(left.getTime(), right.getTime());
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  return undefined;
};

/** Not-a-number has no order, as in .NET it is neither smaller, greater nor equal. */
const orderOfScalars = <Value extends number | bigint | string | boolean>(
  left: Value,
  right: Value,
): number | undefined => {
  if (left < right) return -1;
  if (left > right) return 1;
  return Number.isNaN(left) || Number.isNaN(right) ? undefined : 0;
};
