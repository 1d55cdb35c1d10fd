/**
 * The abstract syntax of Service Bus SQL filters and actions.
 * Grammar: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter
 */

/** An integer is a 64-bit `bigint`, a number with a point or an exponent a double, as in the service. */
export type Literal = string | number | bigint | boolean | null;

export type Scope = "sys" | "user";

export type ComparisonOperator = "=" | "<>" | ">" | ">=" | "<" | "<=";

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";

export interface PropertyReference {
  readonly kind: "property";
  readonly scope: Scope;
  readonly name: string;
}

/** `property('name')` and its short form `p('name')`: the name is known only when the message is. */
export interface ComputedPropertyReference {
  readonly kind: "computed-property";
  readonly name: Expression;
}

export type Expression =
  | { readonly kind: "literal"; readonly value: Literal }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "new-id" }
  | PropertyReference
  | ComputedPropertyReference
  | { readonly kind: "sign"; readonly operator: "+" | "-"; readonly operand: Expression }
  | {
      readonly kind: "arithmetic";
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type Predicate =
  | { readonly kind: "and" | "or"; readonly left: Predicate; readonly right: Predicate }
  | { readonly kind: "not"; readonly operand: Predicate }
  | {
      readonly kind: "comparison";
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "is-null";
      readonly negated: boolean;
      readonly property: PropertyReference | ComputedPropertyReference;
    }
  | {
      readonly kind: "in";
      readonly negated: boolean;
      readonly operand: Expression;
      readonly list: readonly Expression[];
    }
  | {
      readonly kind: "like";
      readonly negated: boolean;
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape?: Expression;
    }
  | { readonly kind: "exists"; readonly property: PropertyReference };

export type Statement =
  | { readonly kind: "set"; readonly property: PropertyReference; readonly value: Expression }
  | { readonly kind: "remove"; readonly property: PropertyReference };

const predicateKinds: ReadonlySet<string> = new Set([
  "and",
  "or",
  "not",
  "comparison",
  "is-null",
  "in",
  "like",
  "exists",
]);

export const isPredicate = (node: Predicate | Expression): node is Predicate => predicateKinds.has(node.kind);
