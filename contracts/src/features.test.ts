import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDefinition } from "./definition/parse.ts";
import { readField, rowReader } from "./features.ts";

const column = (type: "number" | "integer" | "boolean" | "category" | "date", more: object = {}) => ({
  name: "c",
  type,
  optional: false,
  feature: true,
  ...more,
});

describe("a field", () => {
  test.each([
    [column("number"), "1.5", 1.5],
    [column("number"), "-2e3", -2000],
    [column("boolean"), "TRUE", 1],
    [column("boolean"), "0", 0],
    [column("category", { values: ["rain", "sun"] }), "sun", 1],
    [column("date"), "1970-01-02", 1],
    [column("date"), "1970-01-01T12:00:00Z", 0.5],
    [column("date"), "1970-01-01T12:00", 0.5],
  ])("of type $type reads %j as %d", (definition, text, value) => {
    expect(readField(definition, text)).toEqual({ value });
  });

  test.each([
    [column("number"), "1,5", '"1,5" is not a number'],
    [column("number"), "0x10", '"0x10" is not a number'],
    [column("number"), "Infinity", '"Infinity" is not a number'],
    [column("integer"), "1.5", '"1.5" is not an integer'],
    [column("integer", { min: 0 }), "-1", "-1 is less than 0"],
    [column("integer", { max: 9 }), "10", "10 is greater than 9"],
    [column("boolean"), "yes", '"yes" is not true or false'],
    [column("category", { values: ["rain", "sun"] }), "hail", '"hail" is not one of rain, sun'],
    [column("date"), "2023-02-30", '"2023-02-30" is not a date such as 2024-03-31'],
    [column("date"), "31.03.2024", '"31.03.2024" is not a date such as 2024-03-31'],
    [column("number"), "", "is empty"],
  ])("of type $type refuses %j: %s", (definition, text, message) => {
    expect(readField(definition, text)).toEqual({ fault: { column: "c", message } });
  });

  test("that is optional may be empty and is then not a number", () => {
    expect(readField(column("number", { optional: true }), "")).toEqual({ value: Number.NaN });
  });

  test("reads back every finite number that was written", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // -0 and 0 are one number to a model.
        expect(readField(column("number"), String(value))).toEqual({ value: value === 0 ? expect.closeTo(0) : value });
      }),
    );
  });
});

describe("a row", () => {
  const definition = parseDefinition(`
model: weather
task: classification
data:
  label: digit
  schema:
    - { name: id, type: integer, feature: false }
    - { name: digit, type: integer, min: 3, max: 5 }
    - { name: "pixel[0..2]", type: number }
    - { name: kind, type: category, values: [a, b, c] }
training: { code: ., command: x, environment: x, compute: x }
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.1 } } }
deploy: { app: inference-weather }
`);
  const reader = rowReader(definition);

  test("becomes the features in the order of the schema, label and non-features left out", () => {
    const row = { kind: "c", digit: "4", id: "77", pixel2: "3", pixel1: "2", pixel0: "1" };
    expect(reader.readFeatures(row)).toEqual([1, 2, 3, 2]);
  });

  test("has its label as the index of its class", () => {
    expect(reader.classes).toEqual(["3", "4", "5"]);
    expect(reader.readLabel("5")).toBe(2);
  });

  test("that lacks a column is refused by name", () => {
    expect(() => reader.readFeatures({ pixel0: "1", pixel1: "2", kind: "a" })).toThrow("column pixel2: is empty");
  });
});
