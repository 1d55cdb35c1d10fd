import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printAction, printPredicate } from "../testing/rule-printer.ts";
import { parseAction } from "./parse-action.ts";
import { parseFilter } from "./parser.ts";
import type { Expression, Predicate, PropertyReference, Statement } from "./syntax.ts";

const property: fc.Arbitrary<PropertyReference> = fc.record({
  kind: fc.constant("property"),
  scope: fc.constantFrom("sys", "user"),
  name: fc.string({ minLength: 1, maxLength: 6 }),
});

const literal = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.boolean(),
  fc.constant(null),
);

const { expression, predicate } = fc.letrec<{ expression: Expression; predicate: Predicate }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ kind: fc.constant("literal"), value: literal }),
    property,
    fc.record({ kind: fc.constant("parameter"), name: fc.constantFrom("p", "q_1") }),
    fc.record({ kind: fc.constant("new-id") }),
    fc.record({ kind: fc.constant("computed-property"), name: tie("expression") }),
    fc.record({ kind: fc.constant("sign"), operator: fc.constantFrom("+", "-"), operand: tie("expression") }),
    fc.record({
      kind: fc.constant("arithmetic"),
      operator: fc.constantFrom("+", "-", "*", "/", "%"),
      left: tie("expression"),
      right: tie("expression"),
    }),
  ),
  predicate: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({
      kind: fc.constant("comparison"),
      operator: fc.constantFrom("=", "<>", "<", "<=", ">", ">="),
      left: tie("expression"),
      right: tie("expression"),
    }),
    fc.record({ kind: fc.constant("is-null"), negated: fc.boolean(), property }),
    fc.record({ kind: fc.constant("exists"), property }),
    fc.record({
      kind: fc.constant("in"),
      negated: fc.boolean(),
      operand: tie("expression"),
      list: fc.array(tie("expression"), { minLength: 1, maxLength: 3 }),
    }),
    fc.record(
      {
        kind: fc.constant("like"),
        negated: fc.boolean(),
        operand: tie("expression"),
        pattern: tie("expression"),
        escape: tie("expression"),
      },
      { requiredKeys: ["kind", "negated", "operand", "pattern"] },
    ),
    fc.record({ kind: fc.constant("not"), operand: tie("predicate") }),
    fc.record({ kind: fc.constantFrom("and", "or"), left: tie("predicate"), right: tie("predicate") }),
  ),
})) as { expression: fc.Arbitrary<Expression>; predicate: fc.Arbitrary<Predicate> };

const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({ kind: fc.constant("set"), property, value: expression }),
  fc.record({ kind: fc.constant("remove"), property }),
);

const fits = (text: string): boolean => text.length <= 1024;

describe("printing and parsing", () => {
  test("give any filter back as it was", () => {
    fc.assert(
      fc.property(predicate, (tree) => {
        const text = printPredicate(tree);
        fc.pre(fits(text));
        expect(parseFilter(text)).toEqual(tree);
      }),
      { numRuns: 500 },
    );
  });

  test("give any action back as it was", () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 5 }), (tree) => {
        const text = printAction(tree);
        fc.pre(fits(text));
        expect(parseAction(text)).toEqual(tree);
      }),
      { numRuns: 300 },
    );
  });

  test("refuse arbitrary text with a typed error or not at all", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60, unit: fc.constantFrom(..."ab.'[]\"()=<>!+-*/%, 19e@NOTANDLIKE\u00e9") }),
        (text) => {
          try {
            expect(parseFilter(printPredicate(parseFilter(text)))).toEqual(parseFilter(text));
          } catch (error) {
            expect(error).toHaveProperty("name", "RuleSyntaxError");
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
