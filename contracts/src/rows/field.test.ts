import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Column } from "../definition/column.ts";
import { readField } from "./field.ts";

const column = (type: Column["type"], more: Partial<Column> = {}): Column => ({
  name: "c",
  type,
  optional: false,
  feature: true,
  ...more,
});
const weather = { values: ["rain", "sun"] };

describe("a field", () => {
  test.each([
    [column("number"), "1.5", 1.5, "1.5"],
    [column("number"), "-2e3", -2000, "-2000"],
    [column("number"), "5.10", 5.1, "5.1"],
    [column("number"), "+007.", 7, "7"],
    [column("number"), "-0", 0, "0"],
    [column("number"), "16777217", 16777217, "16777217"],
    [column("integer"), "1.0", 1, "1"],
    [column("integer"), "-0", 0, "0"],
    [column("integer"), "16777216", 16777216, "16777216"],
    [column("integer", { feature: false }), "+009007199254740993", 9007199254740992, "9007199254740993"],
    [column("boolean"), "TRUE", 1, "true"],
    [column("boolean"), "0", 0, "false"],
    [column("category", weather), "sun", 1, "sun"],
    [column("date"), "1970-01-02", 1, "1970-01-02"],
    [column("date"), "1970-01-02T00:00:00.000Z", 1, "1970-01-02"],
    [column("date"), "1970-01-01T12:00:00Z", 0.5, "1970-01-01T12:00:00Z"],
    [column("date"), "1970-01-01T12:00", 0.5, "1970-01-01T12:00:00Z"],
    [column("date"), "1970-01-01 14:00:00+02:00", 0.5, "1970-01-01T12:00:00Z"],
    [column("date", { origin: "2024-03-01" }), "2024-03-02T00:00:01Z", 1 + 1 / 86_400, "2024-03-02T00:00:01Z"],
  ])("of type $type reads %j as %d, and its one text is %j", (definition, text, value, canonical) => {
    const read = readField(definition, text);
    expect(read).toEqual({ value: expect.closeTo(value, 12), text: canonical });
  });

  test("that is text is kept as it is, and is no number", () => {
    expect(readField(column("text", { feature: false }), " C-007 ")).toEqual({ value: Number.NaN, text: " C-007 " });
  });

  test.each([
    [column("number"), "1,5", '"1,5" is not a number'],
    [column("number"), "0x10", '"0x10" is not a number'],
    [column("number"), "Infinity", '"Infinity" is not a number'],
    [column("number"), "nan", '"nan" is not a number'],
    [column("integer"), "1.5", '"1.5" is not an integer'],
    [column("integer", { min: 0 }), "-1", "-1 is less than 0"],
    [column("integer", { max: 9 }), "10", "10 is greater than 9"],
    [column("boolean"), "yes", '"yes" is not true or false'],
    [column("category", weather), "hail", '"hail" is not one of rain, sun'],
    [column("date"), "31.03.2024", '"31.03.2024" is not a date such as 2024-03-31 or 2024-03-31T12:00:00Z'],
    [column("number"), "", "is empty"],
    [column("text", { feature: false }), "", "is empty"],
  ])("of type $type refuses %j: %s", (definition, text, message) => {
    expect(readField(definition, text)).toEqual({ fault: { column: "c", message } });
  });

  test.each([
    [column("number"), "1e39", /more than a model's numbers can hold/],
    [column("number"), "-3.5e38", /more than a model's numbers can hold/],
    [column("integer"), "16777217", /cannot tell from 16777216; make the column a number/],
    [column("date", { precision: 1000 }), "2024-03-31T12:01:00Z", /would be rounded by [\d.]+ s .* allows 1 s/],
    [column("date"), "2200-01-01T00:05:30Z", /would be rounded by 330 s .* allows 300 s/],
  ])("of type $type that a model could not hold is refused: %j", (definition, text, message) => {
    const read = readField(definition, text);
    expect("fault" in read && read.fault.message).toMatch(message);
    // A column that the model does not see may hold anything of its type.
    expect(readField({ ...definition, feature: false }, text)).not.toHaveProperty("fault");
  });

  test("that is optional may be empty, or NaN where it is a number, and is then not a number", () => {
    expect(readField(column("number", { optional: true }), "")).toEqual({ value: Number.NaN, text: "" });
    expect(readField(column("number", { optional: true }), "NaN")).toEqual({ value: Number.NaN, text: "" });
  });

  test("that is empty is its column's default, where it has one", () => {
    expect(readField(column("number", { default: "5.0" }), "")).toEqual({ value: 5, text: "5" });
    expect(readField(column("category", { ...weather, optional: true, default: "sun" }), "")).toEqual({
      value: 1,
      text: "sun",
    });
  });

  test("reads back every finite number that single precision holds", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -3.4e38, max: 3.4e38 }), (value) => {
        const one = value === 0 ? 0 : value;
        expect(readField(column("number"), String(value))).toEqual({
          value: one === 0 ? expect.closeTo(0) : one,
          text: String(one),
        });
      }),
    );
  });

  test("has a text that reads as the same value, and is its own text", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0001-01-02"), max: new Date("9999-12-30"), noInvalidDate: true }),
        (date) => {
          const definition = column("date", { feature: false });
          const read = readField(definition, date.toISOString());
          if ("fault" in read) return expect.fail(read.fault.message);
          expect(readField(definition, read.text)).toEqual(read);
        },
      ),
    );
  });
});
