import { describe, expect, test } from "vitest";
import { parseDefinition } from "../definition/parse.ts";
import { rowReader } from "./row-reader.ts";

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
