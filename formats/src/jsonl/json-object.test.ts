import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonSyntaxError, type JsonValue, readObject } from "./json-object.ts";

function read(line: string): readonly (readonly [string, JsonValue])[] {
  const entries: (readonly [string, JsonValue])[] = [];
  readObject(line, (key, value) => entries.push([key, value]));
  return entries;
}

const texts = (line: string) => read(line).map(([, value]) => ("text" in value ? value.text : value.nested));

describe("an object on a line", () => {
  test("keeps its numbers to the last digit", () => {
    expect(texts('{"a":9007199254740993,"b":-0.10,"c":12345678901234567890.123456789,"d":1E-7,"e":0}')).toEqual([
      "9007199254740993",
      "-0.10",
      "12345678901234567890.123456789",
      "1E-7",
      "0",
    ]);
  });

  test("has booleans as their words, null as nothing, and strings as they are", () => {
    expect(texts('{"a":true,"b":false,"c":null,"d":"","e":"null","f":"1.0"}')).toEqual([
      "true",
      "false",
      "",
      "",
      "null",
      "1.0",
    ]);
    expect(texts(' { "a" : "x\\n\\u00fc\\\\" , "b":"\\"" } \r')).toEqual(["x\nü\\", '"']);
  });

  test("says what holds more than one value", () => {
    expect(texts('{"a":[1]}')).toEqual(["an array"]);
    expect(texts('{"a":{"b":1}}')).toEqual(["an object"]);
  });

  test("is read as JSON.parse reads it, whatever its strings hold", () => {
    const value = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.constantFrom('\\"', "\\\\", "\u2028"),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), fc.constantFrom(undefined, " "), (object, space) => {
        const line = JSON.stringify(object, undefined, space).replaceAll("\n", " ");
        const clean = !JSON.stringify(object).includes("\\u0000");
        fc.pre(clean);
        const expected = Object.entries(JSON.parse(line) as object).map(([key, one]) => [key, { text: String(one) }]);
        expect(read(line)).toEqual(expected);
      }),
    );
  });

  test("is refused wherever JSON.parse refuses it", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      '"a"',
      ":",
      ",",
      "1",
      "01",
      "1.",
      ".5",
      "-",
      "+1",
      "1e",
      "true",
      "tru",
      "null",
      '"',
      "\\",
      "\t",
      " ",
      "'a'",
      "NaN",
      "\u0001",
      "\u00a0",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const line = `{${pieces.join("")}`;
        let isObject = true;
        try {
          JSON.parse(line);
        } catch {
          isObject = false;
        }
        if (isObject) read(line);
        else if (!/[:,]\s*\{/.test(line)) expect(() => read(line)).toThrow(JsonSyntaxError);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['{"a":1', "the line ends where a comma or the end of the object is due"],
    ['{"a":1,}', "a key in double quotes is due"],
    ["{'a':1}", "a key in double quotes is due"],
    ['{"a":01}', "a comma or the end of the object is due"],
    ['{"a":NaN}', "null, true, false, a number or a string"],
    ['{"a":"x}', "never closed"],
    ['{"a":1} {"a":2}', "where the end of the line is due"],
    ["[1]", "an object is due"],
    ['{"a":"\\ud800"}', "half a surrogate pair"],
    ['{"a":"\\u0000"}', "a NUL character"],
    ['{"a":"\\x"}', "is no JSON string"],
  ])("says what is wrong with %s", (line, words) => {
    expect(() => read(line)).toThrow(
      expect.objectContaining({ name: "JsonSyntaxError", message: expect.stringContaining(words) }),
    );
  });
});
