import { expect, test } from "vitest";
import { noBatch, UnitTable } from "./unit-table.ts";

test("a table knows each of its units again, however many there are and however alike they begin", () => {
  const table = new UnitTable(1);
  const units = Array.from({ length: 3000 }, (_, number) => [number % 3, Math.imul(number, 0x9e3779b1) >>> 0] as const);
  const numbers = units.map(([high, low]) => {
    const number = table.numberOf(high, low);
    table.columns.label[number] = low;
    return number;
  });
  expect(numbers).toEqual([...units.keys()]);
  expect(units.map(([high, low]) => table.numberOf(high, low))).toEqual(numbers);
  expect([...table.columns.label.subarray(0, table.size)]).toEqual(units.map(([, low]) => low));
});

test("a table that was cleared knows nothing of what it held", () => {
  const table = new UnitTable(1);
  const first = table.numberOf(1, 2);
  table.columns.batch[first] = 7;
  table.columns.flags[first] = 3;
  table.clear();
  expect(table.size).toBe(0);
  const again = table.numberOf(1, 2);
  expect([again, table.columns.batch[again], table.columns.flags[again]]).toEqual([0, noBatch, 0]);
});
