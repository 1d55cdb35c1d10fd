import { describe, expect, test } from "vitest";
import { compileRule } from "./compile-rule.ts";
import { RuleSyntaxError } from "./errors.ts";

const refusal = (compile: () => unknown): RuleSyntaxError => {
  try {
    compile();
  } catch (error) {
    if (error instanceof RuleSyntaxError) return error;
    throw error;
  }
  throw new Error("The expression was accepted.");
};

const ofFilter = (sqlExpression: string) =>
  refusal(() => compileRule({ name: "r", filter: { kind: "sql", sqlExpression, sqlParameters: { "@known": 1 } } }));

const ofAction = (sqlExpression: string) =>
  refusal(() => compileRule({ name: "r", filter: { kind: "true" }, action: { sqlExpression } }));

describe("a filter that breaks the grammar is refused, naming position and expectation", () => {
  test.each([
    ["", 0, "a property, a constant or a function", "the end of the text"],
    ["color", 5, "a comparison", "the end of the text"],
    ["TRUE", 4, "a comparison", "the end of the text"],
    ["color = ", 8, "a property, a constant or a function", "the end of the text"],
    ["color = = 3", 8, "a property, a constant or a function", '"="'],
    ["color = 'red", 8, "a closing '", "the end of the text"],
    ["[color = 1", 0, "a closing ]", "the end of the text"],
    ['"color = 1', 0, 'a closing "', "the end of the text"],
    ["[] = 1", 0, "a property name", '"[]"'],
    ["color # 1", 6, "a name, a constant or an operator", '"#"'],
    ["color = 1 size = 2", 10, "AND, OR or the end of the filter", '"size"'],
    ["color = 1 = 2", 10, "AND, OR or the end of the filter", '"="'],
    ["(color = 1", 10, '")"', "the end of the text"],
    ["(color = 1) + 1 = 2", 0, "a value, not a condition", '"("'],
    ["1 + (color = 1) = 2", 4, "a value, not a condition", '"("'],
    ["color AND size = 1", 6, "a comparison", '"AND"'],
    ["NOT color", 9, "a comparison", "the end of the text"],
    ["msg.color = 1", 0, "the scope sys or user", '"msg"'],
    ["like = 1", 0, "a property, a constant or a function", '"like"'],
    ["sys.in = 1", 4, "in is a reserved word; write [in]", '"in"'],
    ["EXISTS(1)", 7, "a property name", '"1"'],
    ["1 IS NULL", 2, "a property before IS", '"IS"'],
    ["color IS 1", 9, "NULL", '"1"'],
    ["color IN 'red'", 9, '"("', "\"'red'\""],
    ["color IN ('red'", 15, '"," or ")"', "the end of the text"],
    ["now() = 1", 0, "newid()", '"now"'],
    ["a = 9223372036854775808", 4, "an integer of at most 9223372036854775807", "9223372036854775808"],
    ["a = 1e999", 4, "a number that fits a double", "1e999"],
    ["a = @known AND b = @unknown", 19, "a parameter that has a value (@known)", '"@unknown"'],
  ])("%s", (expression, position, expected, found) => {
    const error = ofFilter(expression);
    expect(error).toMatchObject({ position, found, source: expression });
    expect(error.expected).toContain(expected);
    expect(error.message).toContain(`At position ${position}`);
  });

  test("is refused beyond 1,024 characters", () => {
    expect(ofFilter(`a = '${"x".repeat(1024)}'`)).toMatchObject({
      position: 1024,
      expected: "at most 1024 characters",
    });
  });
});

describe("an action that breaks the grammar is refused, naming position and expectation", () => {
  test.each([
    ["", 0, "SET or REMOVE"],
    ["DELETE x", 0, "SET or REMOVE"],
    ["SET x", 5, '"="'],
    ["SET x = 1 y", 10, "SET or REMOVE"],
    ["SET x = (1 = 1)", 8, "a value, not a condition"],
    ["REMOVE 1", 7, "a property name"],
    ["SET x = @missing", 8, "a parameter that has a value (none)"],
  ])("%s", (expression, position, expected) => {
    const error = ofAction(expression);
    expect(error.position).toBe(position);
    expect(error.expected).toContain(expected);
  });

  test("is refused beyond 32 statements", () => {
    expect(ofAction("REMOVE x;".repeat(33))).toMatchObject({ position: 9 * 32, expected: "at most 32 statements" });
  });
});
