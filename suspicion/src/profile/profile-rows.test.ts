import { batchProfile, type Profile } from "@ratchet/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom, shuffled } from "../testing/random.ts";
import { definitionOf, profileOf, type Table } from "../testing/table.ts";
import { mergeAll, mergeProfiles } from "./merge-profiles.ts";
import { emptyProfile } from "./profile.ts";

const schema = `{ name: amount, type: number, optional: true }, { name: pieces, type: integer },
  { name: day, type: date }, { name: open, type: boolean }, { name: kind, type: category, values: [a, b, c], optional: true },
  { name: customer, type: text, feature: false }, { name: label, type: integer, min: 0, max: 29 }`;
const tables = (["classification", "regression"] as const).map((task) => ({
  definition: definitionOf(task, "label", schema),
}));

const row = fc
  .tuple(
    fc.option(fc.double({ min: -1000, max: 1000, noNaN: true }), { freq: 5 }),
    fc.integer({ min: -300, max: 300 }),
    fc.integer({ min: 10, max: 28 }),
    fc.boolean(),
    fc.constantFrom("a", "b", "c", ""),
    fc.nat(400),
    fc.nat(29),
  )
  .map(([amount, pieces, day, open, kind, customer, label]): readonly string[] => [
    amount === null ? "" : String(amount === 0 ? 0 : amount),
    String(pieces),
    `2024-03-${day}`,
    String(open),
    kind,
    `C-${customer}`,
    String(label),
  ]);
// Enough for more different numbers and values than are kept, and more labels than there are groups.
const rows = fc.array(row, { maxLength: 400, size: "max" });

/** Where two differ by more than the last bits of what was added up in another order. */
function faults(one: unknown, other: unknown, path: string): readonly string[] {
  if (typeof one === "number" && typeof other === "number")
    return Math.abs(one - other) <= 1e-6 + 1e-9 * Math.abs(one) ? [] : [`${path}: ${one} and ${other}`];
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return one === other ? [] : [`${path}: ${String(one)} and ${String(other)}`];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return keys.flatMap((key) => faults(a[key], b[key], `${path}.${key}`));
}

const expectSame = (one: Profile, other: Profile): void => expect(faults(one, other, "profile")).toEqual([]);

/** Rows in three parts. */
const cut = (all: Table["rows"], a: number, b: number): readonly Table["rows"][] => {
  const [first, second] = [Math.min(a, b) % (all.length + 1), Math.max(a, b) % (all.length + 1)].sort((x, y) => x - y);
  return [all.slice(0, first), all.slice(first, second), all.slice(second)];
};

describe.each(tables)("a profile of a $definition.task", (table) => {
  const profileAll = (parts: readonly Table["rows"][]): readonly Profile[] =>
    parts.map((part) => profileOf(table, part));

  test("of parts, merged in any way, is that of all rows in any order", () => {
    fc.assert(
      fc.property(rows, fc.nat(400), fc.nat(400), fc.nat(), (all, a, b, seed) => {
        const [one = emptyProfile, two = emptyProfile, three = emptyProfile] = profileAll(cut(all, a, b));
        const whole = profileOf(table, shuffled(all, randomFrom(seed)));
        expectSame(mergeProfiles(mergeProfiles(one, two), three), whole);
        expectSame(mergeProfiles(one, mergeProfiles(two, three)), whole);
        expectSame(mergeProfiles(three, mergeProfiles(one, two)), whole);
      }),
      { numRuns: 60 },
    );
  });

  test("of no rows changes none that it is merged with", () => {
    fc.assert(
      fc.property(rows, (all) => {
        const profile = profileOf(table, all);
        expect(mergeProfiles(profile, emptyProfile)).toEqual(profile);
        expect(mergeProfiles(emptyProfile, profile)).toEqual(profile);
        expectSame(mergeProfiles(profile, profileOf(table, [])), profile);
      }),
      { numRuns: 30 },
    );
  });

  test("is read back from JSON as it was", () => {
    fc.assert(
      fc.property(rows, (all) => {
        const profile = profileOf(table, all);
        const kept = { schema: "1", ...profile };
        expect(batchProfile.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
      }),
      { numRuns: 30 },
    );
  });

  test("counts each row once in every column", () => {
    fc.assert(
      fc.property(rows, (all) => {
        const { columns, rows: counted, bonds } = profileOf(table, all);
        expect(counted).toBe(all.length);
        for (const column of columns) {
          const parts = column.kind === "values" ? column.values : column.bins;
          const present = parts.reduce((sum, [, count]) => sum + count, column.kind === "values" ? column.others : 0);
          expect(present + column.missing).toBe(all.length);
          expect(parts.length).toBeLessThanOrEqual(64);
        }
        const groups = Object.values(bonds).flatMap((bond) => bond.groups);
        expect(groups.reduce((sum, group) => sum + group.rows, 0)).toBe(all.length);
        for (const bond of Object.values(bonds)) expect(bond.groups.length).toBeLessThanOrEqual(16);
      }),
      { numRuns: 30 },
    );
  });
});

describe("a profile", () => {
  const table = { definition: definitionOf("classification", "label", schema) };
  const many = (count: number): Table["rows"] => {
    const random = randomFrom(4);
    return Array.from({ length: count }, (_, index) => [
      String(random() * 10 ** Math.floor(random() * 12)),
      String(Math.floor(random() * 1e6)),
      "2024-03-31",
      "true",
      "a",
      `C-${index}`,
      String(index % 30),
    ]);
  };
  const bytesOf = (profile: Profile): number => JSON.stringify(profile).length;

  test("does not grow with rows", () => {
    const [few, more] = [bytesOf(profileOf(table, many(2000))), bytesOf(profileOf(table, many(100_000)))];
    expect(more).toBeLessThan(few * 1.2);
    expect(more).toBeLessThan(20_000);
  });

  test("does not grow with the length of texts, and keeps long ones apart that begin alike", () => {
    const notes = definitionOf(
      "classification",
      "label",
      "{ name: note, type: text, feature: false }, { name: x, type: number }, { name: label, type: boolean }",
    );
    const long = "as it was yesterday, and the day before. ".repeat(10_000);
    const rows = Array.from({ length: 40 }, (_, index) => [
      `${long}${index % 2}`,
      String(index),
      String(index % 2 > 0),
    ]);
    const profile = profileOf({ definition: notes }, rows);
    expect(bytesOf(profile)).toBeLessThan(20_000);
    const note = profile.columns.find(({ name }) => name === "note");
    expect(note?.kind === "values" && note.values.map(([, count]) => count)).toEqual([20, 20]);
  });

  test("keeps less of each column where there are very many", () => {
    const columns = 20_000;
    const wide = definitionOf(
      "classification",
      "label",
      `{ name: "x[1..${columns - 1}]", type: number }, { name: label, type: boolean }`,
    );
    const random = randomFrom(5);
    const rows = Array.from({ length: 20 }, (_, index) => [
      ...Array.from({ length: columns - 1 }, () => String(random())),
      index % 2 === 0 ? "true" : "false",
    ]);
    const profile = profileOf({ definition: wide }, rows);
    expect(profile.columns).toHaveLength(columns);
    expect(bytesOf(profile) / columns).toBeLessThan(300);
  });

  test("does not depend on the order of the schema", () => {
    const backwards = schema
      .split(/,\s*(?=\{)/)
      .reverse()
      .join(", ");
    const other = { definition: definitionOf("classification", "label", backwards) };
    const rows = many(100);
    expect(
      profileOf(
        other,
        rows.map((one) => [...one].reverse()),
      ),
    ).toEqual(profileOf(table, rows));
  });

  test("has the mean, the deviation and the range of numbers, days of dates, and values that are missing", () => {
    const { columns } = profileOf(table, [
      ["1", "5", "1970-01-03", "true", "", "C-1", "0"],
      ["", "7", "1970-01-05", "true", "b", "C-1", "0"],
      ["4", "9", "1970-01-04", "false", "b", "C-2", "29"],
    ]);
    const of = (name: string) => columns.find((column) => column.name === name);
    expect(of("amount")).toMatchObject({
      missing: 1,
      present: 2,
      min: 1,
      max: 4,
      mean: 2.5,
      squares: 4.5,
      role: "feature",
    });
    expect(of("day")).toMatchObject({ kind: "times", min: 2, max: 4 });
    expect(of("kind")).toMatchObject({ missing: 1, values: [["b", 2]], others: 0 });
    expect(of("customer")).toMatchObject({
      role: "other",
      values: [
        ["C-1", 2],
        ["C-2", 1],
      ],
    });
    expect(of("label")).toMatchObject({
      role: "label",
      kind: "values",
      values: [
        ["0", 2],
        ["29", 1],
      ],
    });
  });

  test("keeps what another schema says apart: a column of another type, and labels with other features", () => {
    const texts = {
      definition: definitionOf("classification", "label", `{ name: a, type: boolean }, { name: label, type: boolean }`),
    };
    const numbers = {
      definition: definitionOf("classification", "label", `{ name: a, type: number }, { name: label, type: boolean }`),
    };
    const merged = mergeAll([
      profileOf(texts, [["true", "true"]]),
      profileOf(numbers, [["3", "true"]]),
      profileOf(numbers, [["5", "false"]]),
    ]);
    expect(merged.columns.filter(({ name }) => name === "a")).toMatchObject([
      { kind: "numbers", present: 2, mean: 4 },
      { kind: "values", values: [["true", 1]] },
    ]);
    expect(Object.keys(merged.bonds)).toHaveLength(2);
    expect(merged.rows).toBe(3);
  });
});
