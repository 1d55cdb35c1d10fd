import { describe, expect, test } from "vitest";
import type { RuleParameter } from "../entities.ts";
import type { RuleMessage } from "../message.ts";
import { messageWith } from "../testing/rule-message.ts";
import { compileRule } from "./compile-rule.ts";
import { RuleEvaluationError } from "./errors.ts";

const matches = (sqlExpression: string, message: RuleMessage, sqlParameters: Record<string, RuleParameter> = {}) =>
  compileRule({ name: "r", filter: { kind: "sql", sqlExpression, sqlParameters } }).matches(message);

const order = messageWith(
  {
    color: "red",
    quantity: 7,
    price: 2.5,
    express: true,
    note: null,
    "Property With Space": "x",
    "a]b": 1,
    'say "hi"': 2,
  },
  { subject: "order", messageId: "m-1", to: "Store5", sessionId: "s" },
);

/** Each line: what the clause is, an expression, whether the order above passes. */
const clauses: readonly (readonly [string, string, boolean])[] = [
  ["compares text", "color = 'red'", true],
  ["compares text with regard to case", "color = 'Red'", false],
  ["finds properties without regard to case", "COLOR = 'red'", true],
  ["takes user as the scope by default", "user.color = color", true],
  ["reads system properties", "sys.Label = 'order' AND sys.MessageId = 'm-1'", true],
  ["knows the label by its newer name", "sys.Subject = 'order'", true],
  ["reads names in brackets", "[Property With Space] = 'x' AND [a]]b] = 1", true],
  ["reads names in double quotes", '"say ""hi""" = 2', true],
  ["lets a bracketed name be a reserved word", "[like] IS NULL", true],
  ["has two signs for unequal", "color <> 'blue' AND color != 'blue'", true],
  ["orders numbers", "quantity > 6 AND quantity >= 7 AND quantity < 8 AND quantity <= 7", true],
  ["orders text by code unit", "color > 'Red'", true],
  ["compares an integer with a double by value", "quantity = 7.0", true],
  ["compares booleans", "express = TRUE AND express <> false", true],
  ["does not find text equal to a number", "color = 7", false],
  ["does not find text unequal to a number either", "color <> 7", false],
  ["does not order booleans", "express > FALSE", false],
  ["binds AND more tightly than OR", "color = 'red' OR color = 'blue' AND quantity = 0", true],
  ["binds NOT more tightly than AND", "NOT color = 'blue' AND quantity = 7", true],
  ["lets parentheses bind first", "(color = 'red' OR color = 'blue') AND quantity = 0", false],
  ["reads parentheses around values too", "((quantity) + (1)) * 2 = 16 AND (color) = ('red')", true],
  ["binds products more tightly than sums", "1 + 2 * 3 = 7", true],
  ["subtracts and divides from the left", "8 - 4 - 2 = 2 AND 8 / 4 / 2 = 1", true],
  ["divides integers without remainder", "quantity / 2 = 3 AND quantity % 2 = 1", true],
  ["divides doubles with a fraction", "quantity / 2.0 = 3.5", true],
  ["negates", "-quantity = -7 AND - -quantity = +7", true],
  ["concatenates text", "color + '-' + quantity = 'red-7'", true],
  ["wraps integers at 64 bits", "9223372036854775807 + 1 < 0", true],
  ["keeps integers beyond 2^53 exact", "9007199254740993 - 9007199254740992 = 1", true],
  ["reads hexadecimal integers", "0x1F = 31", true],
  ["reads decimals and exponents", "1894.1204 > 1894 AND 101.5E5 = 10150000 AND 0.5e-2 = .005", true],
  ["reads a doubled quote as one", "'it''s' = 'it''s' AND 'a''b' <> 'ab'", true],
  ["finds a member of a list", "color IN ('blue', 'red')", true],
  ["finds no member in another list", "color IN ('blue')", false],
  ["finds what is not in a list", "sys.To NOT IN ('Store1', 'Store2')", true],
  ["matches % as any run", "color LIKE 'r%' AND color LIKE '%' AND color LIKE '%ed%' AND color LIKE 'red%'", true],
  ["matches _ as any one character", "color LIKE '_e_' AND NOT color LIKE '_e'", true],
  ["matches LIKE on the whole text and with regard to case", "color LIKE 'R%' OR color LIKE 'e'", false],
  [
    "matches an escaped wildcard as itself",
    "'10%' LIKE '10\\%' ESCAPE '\\' AND '100' NOT LIKE '10\\%' ESCAPE '\\'",
    true,
  ],
  ["matches NOT LIKE", "color NOT LIKE 'b%'", true],
  ["takes a missing property for null", "missing IS NULL AND color IS NOT NULL", true],
  ["takes a null property for null", "note IS NULL AND NOT (note IS NOT NULL)", true],
  ["tells a null property from a missing one by EXISTS", "EXISTS(note) AND NOT EXISTS(missing)", true],
  ["asks EXISTS of system properties", "EXISTS(sys.Label) AND NOT EXISTS(sys.ReplyTo)", true],
  ["reads a property whose name is computed", "property('col' + 'or') = 'red' AND p('QUANTITY') = 7", true],
  ["reads a system property whose name is computed", "p('sys.Label') = 'order'", true],
  ["makes a new id each time", "newid() <> newid() AND newid() LIKE '________-____-4___-____-____________'", true],
  ["reads keywords without regard to case", "color like 'r%' and not exists(missing) or false = true", true],
];

describe("a SQL filter", () => {
  test.each(clauses)("%s: %s", (_clause, expression, expected) => {
    expect(matches(expression, order)).toBe(expected);
  });

  test("lets a parameter stand for a value", () => {
    const parameters = { "@color": "red", at: new Date(1000) };
    expect(
      matches("color = @color AND sent < @at", messageWith({ color: "red", sent: new Date(999) }), parameters),
    ).toBe(true);
    expect(
      matches("color = @color AND sent < @at", messageWith({ color: "red", sent: new Date(1000) }), parameters),
    ).toBe(false);
  });

  test("compares bytes for equality", () => {
    const bytes = messageWith({ left: Uint8Array.of(1, 2), right: Uint8Array.of(1, 2), other: Uint8Array.of(1, 3) });
    expect(matches("left = right AND left <> other", bytes)).toBe(true);
    expect(matches("left < other", bytes)).toBe(false);
  });

  test("reads a system property that no message has before delivery as missing", () => {
    expect(matches("sys.DeadLetterSource IS NULL", order)).toBe(true);
  });

  test.each([
    ["an unknown system property", "sys.Colour = 'red'", "sys.Colour"],
    ["arithmetic on text", "color * 2 = 4", "needs numbers"],
    ["an integer divided by zero", "quantity / 0 = 1", "divides an integer by zero"],
    ["an escape of two characters", "color LIKE 'a' ESCAPE 'ab'", "one character"],
    ["a pattern that ends in its escape", "color LIKE 'a!' ESCAPE '!'", "ends with its escape character"],
    ["a property name that is no text", "property(quantity) = 1", "the name as a text"],
  ])("fails on the message for %s", (_case, expression, problem) => {
    expect(() => matches(expression, order)).toThrow(RuleEvaluationError);
    expect(() => matches(expression, order)).toThrow(problem);
  });

  test("does not evaluate what the left side has decided already", () => {
    expect(matches("color = 'red' OR quantity / 0 = 1", order)).toBe(true);
    expect(matches("color = 'blue' AND quantity / 0 = 1", order)).toBe(false);
  });
});

describe("a true and a false filter", () => {
  test("match every message and none", () => {
    expect(compileRule({ name: "r", filter: { kind: "true" } }).matches(order)).toBe(true);
    expect(compileRule({ name: "r", filter: { kind: "false" } }).matches(order)).toBe(false);
  });
});
