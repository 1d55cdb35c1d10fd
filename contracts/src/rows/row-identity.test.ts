import { describe, expect, test } from "vitest";
import { type RowIdentity, rowIdentifier } from "./row-identity.ts";
import { rowPlace } from "./split.ts";
import { shopOf, textsOf } from "./testing/shop.ts";

const plain = `
    - { name: id, type: integer, feature: false }
    - { name: amount, type: number }
    - { name: day, type: date }
    - { name: kind, type: category, values: [a, b], optional: true }
    - { name: label, type: integer, min: 0, max: 1 }`;

type Row = Readonly<Record<string, string>>;

const identityOf = (row: Row, schema = plain, data = ""): RowIdentity =>
  rowIdentifier(shopOf(schema, data))(textsOf(shopOf(schema, data), row));

const row = { id: "1", amount: "5.1", day: "2024-03-31", kind: "a", label: "0" };
const known = identityOf(row);

describe("a row's unit", () => {
  test.each([
    ["how a number is written", { amount: "51e-1" }],
    ["a time zone", { day: "2024-03-31T02:00:00+02:00" }],
    ["a column that is no feature", { id: "2" }],
  ])("does not depend on %s", (_, different) => {
    expect(identityOf({ ...row, ...different })).toEqual(known);
  });

  test("does not depend on the order of the schema", () => {
    const backwards = plain.split("\n").slice(1).reverse();
    expect(identityOf(row, ["", ...backwards].join("\n"))).toEqual(known);
  });

  test.each([
    ["amount", "5.2"],
    ["kind", ""],
  ])("is another with another %s", (column, text) => {
    expect(identityOf({ ...row, [column]: text }).unit).not.toEqual(known.unit);
  });

  test("stays when the label is corrected; the correction can be told", () => {
    const corrected = identityOf({ ...row, label: "1" });
    expect(corrected).toMatchObject({ unit: known.unit, place: known.place });
    expect(corrected.label).not.toBe(known.label);
  });

  test("is its key's where there is one; the place stays that of its features", () => {
    const key = "  key: id";
    const keyed = identityOf(row, plain, key);
    const changed = identityOf({ ...row, amount: "7" }, plain, key);
    expect(changed.unit).toEqual(keyed.unit);
    expect(changed.place).not.toBe(keyed.place);
    expect(identityOf({ ...row, id: "2" }, plain, key).unit).not.toEqual(keyed.unit);
    expect(keyed.place).toBe(known.place);
  });

  test("is made of all columns of a key", () => {
    const key = "  key: [id, day]";
    const keyed = identityOf(row, plain, key);
    expect(identityOf({ ...row, amount: "7", kind: "b" }, plain, key).unit).toEqual(keyed.unit);
    expect(identityOf({ ...row, day: "2024-04-01" }, plain, key).unit).not.toEqual(keyed.unit);
  });

  test("says nothing of its place: rows of near units stand in all places", () => {
    const identify = rowIdentifier(shopOf(plain));
    const rows = Array.from({ length: 4000 }, (_, index) => identify(["", String(index), "", "", "0"]));
    const near = rows.filter(({ unit: [high] }) => high < 2 ** 31);
    const meanPlace = near.reduce((sum, { place }) => sum + place, 0) / near.length;
    expect(near.length).toBeGreaterThan(1800);
    expect(meanPlace).toBeGreaterThan(0.45);
    expect(meanPlace).toBeLessThan(0.55);
  });
});

describe("a row's place", () => {
  test.each(["", "  group: [id]", "  group: day"])("is the one that splits it, with %j", (data) => {
    const place = rowPlace(shopOf(plain, data))(textsOf(shopOf(plain, data), row));
    expect(identityOf(row, plain, data).place).toBe(place);
    expect(identityOf(row, plain, `  key: id\n${data}`).place).toBe(place);
  });

  test("is its time where that splits, in milliseconds since 1970", () => {
    const at = (day: string) => identityOf({ ...row, day }, plain, "  time: day").place;
    expect(at("1970-01-01T00:00:01.5Z")).toBe(1500);
    expect(at("1970-01-01T02:00:00+02:00")).toBe(0);
    expect(at("1969-12-31T23:59:59.999999Z")).toBeCloseTo(-0.001, 6);
  });
});
