import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { admittedSide, isHoldout, rowPlace } from "./split.ts";
import { shopOf, textsOf } from "./testing/shop.ts";

const plain = `
    - { name: id, type: integer, feature: false }
    - { name: amount, type: number }
    - { name: day, type: date }
    - { name: open, type: boolean }
    - { name: kind, type: category, values: [a, b], optional: true }
    - { name: label, type: integer, min: 0, max: 1 }`;

function placeOf(row: Readonly<Record<string, string>>, schema = plain, data = ""): number {
  const definition = shopOf(schema, data);
  return rowPlace(definition)(textsOf(definition, row));
}

const row = { id: "1", amount: "5.1", day: "2024-03-31", open: "true", kind: "a", label: "0" };
const known = placeOf(row);

describe("a row's place in the split", () => {
  test.each([
    ["a number's zeros", { amount: "5.10" }],
    ["a number's form", { amount: "51e-1" }],
    ["the time of midnight", { day: "2024-03-31T00:00:00Z" }],
    ["a time zone", { day: "2024-03-31T02:00:00+02:00" }],
    ["a boolean's spelling", { open: "1" }],
    ["a column that is no feature", { id: "2" }],
  ])("does not depend on %s", (_, different) => {
    expect(placeOf({ ...row, ...different })).toBe(known);
  });

  test("does not depend on the order of the schema", () => {
    const backwards = `\n${plain
      .trim()
      .split("\n")
      .map((line) => `    ${line.trim()}`)
      .reverse()
      .join("\n")}`;
    expect(placeOf(row, backwards)).toBe(known);
  });

  test.each([
    ["amount", "5.2"],
    ["day", "2024-03-31T00:00:01Z"],
    ["open", "false"],
    ["kind", "b"],
    ["kind", ""],
  ])("is another with another %s", (column, text) => {
    const other = placeOf({ ...row, [column]: text });
    expect(other).not.toBe(known);
  });

  test("stays when its label is corrected", () => {
    expect(placeOf({ ...row, label: "1" })).toBe(known);
  });

  test("stays when a column is renamed, and when one is added that says what was always so", () => {
    const { amount, ...rest } = row;
    const renamed = plain.replace("{ name: amount,", "{ name: price, was: amount,");
    expect(placeOf({ ...rest, price: amount }, renamed)).toBe(known);
    const again = plain.replace("{ name: amount,", "{ name: net, was: [price, amount],");
    expect(placeOf({ ...rest, net: amount }, again)).toBe(known);
    const more = `${plain}\n    - { name: rate, type: number, default: 0.190 }`;
    expect(placeOf({ ...row, rate: "0.19" }, more)).toBe(known);
    expect(placeOf({ ...row, rate: "" }, more)).toBe(known);
    expect(placeOf({ ...row, rate: "0.07" }, more)).not.toBe(known);
  });

  test("tells values apart that stand in different columns, or join to the same text", () => {
    const texts = `
    - { name: a, type: category, values: [x, xy, y], optional: true }
    - { name: b, type: category, values: [x, xy, y, yx], optional: true }
    - { name: label, type: integer, min: 0, max: 1 }`;
    const rows: readonly Readonly<Record<string, string>>[] = [
      { a: "x" },
      { b: "x" },
      { a: "x", b: "y" },
      { a: "xy" },
      { a: "x", b: "yx" },
      { a: "xy", b: "x" },
    ];
    const places = rows.map((one) => placeOf({ ...one, label: "0" }, texts));
    expect(new Set(places).size).toBe(places.length);
  });

  test("is its group's where there is one", () => {
    const group = "  group: [id]";
    const first = placeOf(row, plain, group);
    expect(placeOf({ ...row, amount: "7" }, plain, group)).toBe(first);
    expect(placeOf({ ...row, id: "2" }, plain, group)).not.toBe(first);
  });

  test("holds out about the share asked for", () => {
    const place = rowPlace(shopOf(plain));
    const held = Array.from({ length: 10_000 }, (_, index) => place(["", String(index), "", "", "", "0"])).filter(
      (one) => isHoldout(one, 0.2),
    ).length;
    expect(held).toBeGreaterThan(1_800);
    expect(held).toBeLessThan(2_200);
  });

  test("holds out under a larger share whatever it holds out under a smaller one", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (place, holdout) => {
          expect(!isHoldout(place, holdout) || isHoldout(place, Math.min(1, holdout * 1.5))).toBe(true);
        },
      ),
    );
  });
});

describe("the side that a row is admitted on", () => {
  const rows = Array.from({ length: 50 }, (_, index) => ({ ...row, amount: String(index) }));
  const sidesBy = (data: string) => {
    const definition = shopOf(plain, data);
    const sideOf = admittedSide(definition);
    return rows.map((one) => sideOf(textsOf(definition, one)));
  };

  test("follows from its place and the share that is held out", () => {
    const places = rows.map((one) => placeOf(one));
    for (const holdout of [0.1, 0.4])
      expect(sidesBy(`  holdout: ${holdout}`)).toEqual(
        places.map((place) => (isHoldout(place, holdout) ? "holdout" : "train")),
      );
  });

  test("is never that of the holdout by time: which rows are the newest is not known yet", () => {
    expect(new Set(sidesBy("  time: day"))).toEqual(new Set(["train"]));
  });
});
