import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PropertyValue } from "../message.ts";
import { messageWith } from "../testing/rule-message.ts";
import { evaluatePredicate } from "./evaluate-predicate.ts";
import { parseFilter } from "./parser.ts";
import { and, not, or, type Truth } from "./truth.ts";

const truth = fc.constantFrom<Truth>(true, false, undefined);

const value = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.date({ noInvalidDate: true }),
  fc.constant(null),
) as fc.Arbitrary<PropertyValue>;

const evaluate = (sql: string, a: PropertyValue, b: PropertyValue): Truth =>
  evaluatePredicate(parseFilter(sql), messageWith({ a, b }), new Map());

const law = (name: string, holds: (p: Truth, q: Truth, r: Truth) => void) =>
  test(name, () => fc.assert(fc.property(truth, truth, truth, holds)));

describe("three-valued logic", () => {
  law("is commutative", (p, q) => {
    expect(and(p, q)).toBe(and(q, p));
    expect(or(p, q)).toBe(or(q, p));
  });
  law("is associative", (p, q, r) => {
    expect(and(and(p, q), r)).toBe(and(p, and(q, r)));
    expect(or(or(p, q), r)).toBe(or(p, or(q, r)));
  });
  law("is distributive", (p, q, r) => {
    expect(and(p, or(q, r))).toBe(or(and(p, q), and(p, r)));
    expect(or(p, and(q, r))).toBe(and(or(p, q), or(p, r)));
  });
  law("obeys De Morgan", (p, q) => {
    expect(not(and(p, q))).toBe(or(not(p), not(q)));
    expect(not(or(p, q))).toBe(and(not(p), not(q)));
  });
  law("takes double negation away", (p) => {
    expect(not(not(p))).toBe(p);
  });

  test("follows the documented tables where something is unknown", () => {
    expect([and(true, undefined), and(false, undefined), and(undefined, undefined)]).toEqual([
      undefined,
      false,
      undefined,
    ]);
    expect([or(true, undefined), or(false, undefined), or(undefined, undefined)]).toEqual([true, undefined, undefined]);
    expect(not(undefined)).toBeUndefined();
  });
});

describe("comparisons of any two values", () => {
  const agree = (name: string, left: string, right: string) =>
    test(name, () =>
      fc.assert(
        fc.property(value, value, (a, b) => {
          expect(evaluate(left, a, b)).toBe(evaluate(right, a, b));
        }),
      ),
    );

  agree("read the same from both sides", "a < b", "b > a");
  agree("find unequal what is not equal", "a <> b", "NOT a = b");
  agree("order by smaller or not smaller", "a >= b", "NOT a < b");
  agree("take IN for equality with one of the list", "a IN (b, 1)", "a = b OR a = 1");
  agree("take NOT IN for its negation", "a NOT IN (b, 1)", "NOT a IN (b, 1)");
  agree("take NOT LIKE for the negation of LIKE", "a NOT LIKE b", "NOT a LIKE b");

  test("are unknown where a value is missing, whatever the operator", () => {
    fc.assert(
      fc.property(value, fc.constantFrom("=", "<>", "<", "<=", ">", ">=", "LIKE", "NOT LIKE"), (a, operator) => {
        expect(evaluate(`a ${operator} missing`, a, null)).toBeUndefined();
        expect(evaluate(`missing ${operator} a`, a, null)).toBeUndefined();
      }),
    );
  });

  test("know IS NULL and EXISTS of everything", () => {
    fc.assert(
      fc.property(value, (a) => {
        expect(evaluate("a IS NULL", a, null)).toBe(a === null);
      }),
    );
    fc.assert(
      fc.property(value, (a) => {
        expect(evaluate("EXISTS(a) AND NOT EXISTS(c)", a, null)).toBe(true);
      }),
    );
  });
});
