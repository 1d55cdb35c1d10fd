import { type Column, readField } from "@ratchet/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnChanges } from "./column-changes.ts";

const column = (more: Partial<Column> = {}): Column => ({
  name: "x",
  type: "number",
  optional: false,
  feature: true,
  ...more,
});
const kinds = (before: readonly Column[], after: readonly Column[]) =>
  columnChanges(before, after).map(({ column: name, kind }) => [name, kind]);

describe("a new schema", () => {
  test("changes nothing where it is the same, in whatever order", () => {
    const [x, y] = [column(), column({ name: "y", type: "category", values: ["a", "b"] })];
    expect(kinds([x, y], [y, x])).toEqual([]);
    expect(kinds([x], [column({ was: ["old"] })])).toEqual([]);
    expect(kinds([x], [column({ default: "0" })])).toEqual([]);
  });

  test("may rename, add and drop columns", () => {
    expect(columnChanges([column(), column({ name: "gone" })], [column({ name: "new", was: ["older", "x"] })])).toEqual(
      [
        { column: "new", kind: "renamed", detail: "was x" },
        { column: "gone", kind: "dropped", detail: "kept in the batches, and not read" },
      ],
    );
    expect(columnChanges([], [column({ default: "7" }), column({ name: "y", optional: true })])).toEqual([
      { column: "x", kind: "added", detail: "7 where it is missing" },
      { column: "y", kind: "added", detail: "empty where it is missing" },
    ]);
    expect(kinds([], [column()])).toEqual([["x", "missing"]]);
  });

  const category = (...values: readonly string[]) => ({ type: "category", values }) as const;
  test.each<[string, Partial<Column>, Partial<Column>, "widened" | "narrowed"]>([
    ["a wider range", { min: 0, max: 1 }, { min: -1, max: 2 }, "widened"],
    ["no range any more", { min: 0, max: 1 }, {}, "widened"],
    ["a range where there was none", {}, { min: 0 }, "narrowed"],
    ["a narrower range", { min: 0, max: 9 }, { min: 0, max: 8 }, "narrowed"],
    ["a later beginning", { min: 0 }, { min: 1 }, "narrowed"],
    ["more categories", category("a"), category("b", "a"), "widened"],
    ["fewer categories", category("a", "b"), category("a"), "narrowed"],
    [
      "numbers in place of integers, of which the model sees none",
      { type: "integer", feature: false },
      { feature: false },
      "widened",
    ],
    ["numbers that the model sees in place of integers", { type: "integer" }, {}, "narrowed"],
    ["integers in place of numbers", {}, { type: "integer" }, "narrowed"],
    ["what may be empty", {}, { optional: true }, "widened"],
    ["what may not be empty any more", { optional: true }, {}, "narrowed"],
    ["a default for what was empty", { optional: true }, { default: "0" }, "widened"],
    ["text in place of anything", { type: "date" }, { type: "text", feature: false }, "widened"],
    ["anything in place of text", { type: "text", feature: false }, { feature: false }, "narrowed"],
    ["what the model now sees", { feature: false }, {}, "narrowed"],
    ["what the model sees no more", {}, { feature: false }, "widened"],
    [
      "a date by which the model may be off by more",
      { type: "date", precision: 1 },
      { type: "date", precision: 2 },
      "widened",
    ],
    [
      "a date by which it may be off by less",
      { type: "date", precision: 2 },
      { type: "date", precision: 1 },
      "narrowed",
    ],
    ["another origin", { type: "date" }, { type: "date", origin: "2020-01-01" }, "narrowed"],
  ])("with %s", (_what, before, after, kind) => {
    expect(kinds([column(before)], [column(after)])).toEqual([["x", kind]]);
  });

  const bound = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined });
  const anyColumn: fc.Arbitrary<Column> = fc
    .record({
      type: fc.constantFrom("number", "integer", "boolean", "category", "date", "text"),
      min: bound,
      max: bound,
      values: fc.subarray(["a", "b", "1"], { minLength: 1 }),
      optional: fc.boolean(),
      feature: fc.boolean(),
      default: fc.option(fc.constant("1"), { nil: undefined }),
      precision: fc.constantFrom(undefined, 1, 1e9),
      origin: fc.constantFrom(undefined, "2024-01-01"),
    })
    .map(({ min, max, values, precision, origin, ...rest }) => ({
      name: "x",
      ...rest,
      feature: rest.feature && rest.type !== "text",
      ...(rest.type === "number" || rest.type === "integer" ? { min, max } : {}),
      ...(rest.type === "category" ? { values } : {}),
      ...(rest.type === "date" ? { precision, origin } : {}),
    }));
  const texts = [
    "",
    "0",
    "1",
    "-2",
    "2.5",
    "16777217",
    "1e39",
    "a",
    "b",
    "true",
    "2024-03-31",
    "2024-03-31T12:34:56.789Z",
  ];

  test("that is said to widen takes every text that fitted before", () => {
    fc.assert(
      fc.property(anyColumn, anyColumn, fc.constantFrom(...texts), (before, after, text) => {
        const was = readField(before, text);
        const narrowed = columnChanges([before], [after]).some(({ kind }) => kind === "narrowed");
        // A default that does not fit its own column is refused with the definition.
        const isSound =
          after.default === undefined || !("fault" in readField({ ...after, default: undefined }, after.default));
        fc.pre(!("fault" in was) && !narrowed && isSound);
        expect(readField(after, "fault" in was ? "" : was.text)).not.toHaveProperty("fault");
      }),
      { numRuns: 20_000 },
    );
  });
});
