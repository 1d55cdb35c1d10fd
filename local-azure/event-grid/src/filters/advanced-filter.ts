type StringOperator =
  | "StringIn"
  | "StringNotIn"
  | "StringBeginsWith"
  | "StringNotBeginsWith"
  | "StringEndsWith"
  | "StringNotEndsWith"
  | "StringContains"
  | "StringNotContains";

/** A condition on one field of an event, in the shape of Resource Manager. */
export type AdvancedFilter =
  | { readonly operatorType: StringOperator; readonly key: string; readonly values: readonly string[] }
  | { readonly operatorType: "NumberIn" | "NumberNotIn"; readonly key: string; readonly values: readonly number[] }
  | {
      readonly operatorType:
        | "NumberLessThan"
        | "NumberLessThanOrEquals"
        | "NumberGreaterThan"
        | "NumberGreaterThanOrEquals";
      readonly key: string;
      readonly value: number;
    }
  | {
      readonly operatorType: "NumberInRange" | "NumberNotInRange";
      readonly key: string;
      /** Both ends belong to the range. */
      readonly values: readonly (readonly [number, number])[];
    }
  | { readonly operatorType: "BoolEquals"; readonly key: string; readonly value: boolean }
  | { readonly operatorType: "IsNullOrUndefined" | "IsNotNull"; readonly key: string };

/**
 * Whether a field's value meets the condition. Strings are compared without regard to case. A value of another type
 * meets no positive condition and every negative one.
 * Source: https://learn.microsoft.com/azure/event-grid/event-filtering#advanced-filtering
 */
export function meets(filter: AdvancedFilter, value: unknown): boolean {
  switch (filter.operatorType) {
    case "StringIn":
      return someString(filter.values, value, (text, part) => text === part);
    case "StringNotIn":
      return !someString(filter.values, value, (text, part) => text === part);
    case "StringBeginsWith":
      return someString(filter.values, value, (text, part) => text.startsWith(part));
    case "StringNotBeginsWith":
      return !someString(filter.values, value, (text, part) => text.startsWith(part));
    case "StringEndsWith":
      return someString(filter.values, value, (text, part) => text.endsWith(part));
    case "StringNotEndsWith":
      return !someString(filter.values, value, (text, part) => text.endsWith(part));
    case "StringContains":
      return someString(filter.values, value, (text, part) => text.includes(part));
    case "StringNotContains":
      return !someString(filter.values, value, (text, part) => text.includes(part));
    case "NumberIn":
      return typeof value === "number" && filter.values.includes(value);
    case "NumberNotIn":
      return !(typeof value === "number" && filter.values.includes(value));
    case "NumberLessThan":
      return typeof value === "number" && value < filter.value;
    case "NumberLessThanOrEquals":
      return typeof value === "number" && value <= filter.value;
    case "NumberGreaterThan":
      return typeof value === "number" && value > filter.value;
    case "NumberGreaterThanOrEquals":
      return typeof value === "number" && value >= filter.value;
    case "NumberInRange":
      return inSomeRange(filter.values, value);
    case "NumberNotInRange":
      return !inSomeRange(filter.values, value);
    case "BoolEquals":
      return value === filter.value;
    case "IsNullOrUndefined":
      return value === null || value === undefined;
    case "IsNotNull":
      return value !== null && value !== undefined;
  }
}

function someString(parts: readonly string[], value: unknown, holds: (text: string, part: string) => boolean): boolean {
  if (typeof value !== "string") return false;
  const text = value.toLowerCase();
  return parts.some((part) => holds(text, part.toLowerCase()));
}

function inSomeRange(ranges: readonly (readonly [number, number])[], value: unknown): boolean {
  return typeof value === "number" && ranges.some(([from, to]) => value >= from && value <= to);
}
