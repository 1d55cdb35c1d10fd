import fc from "fast-check";
import { expect, test } from "vitest";
import { seenUnits } from "./seen-units.ts";

const half = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** A unit is known by its first 53 bits: hashes that share them are copies. */
const keyOf = ([high, low]: readonly [number, number]) => `${high},${low >>> 11}`;

test("a unit is new once, among whichever others", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(half, half), { maxLength: 3_000 }), (units) => {
      const [seen, known] = [seenUnits(), new Set<string>()];
      for (const unit of [...units, ...units, [0, 0] as const]) {
        expect(seen.add(unit)).toBe(!known.has(keyOf(unit)));
        known.add(keyOf(unit));
      }
    }),
    { numRuns: 20 },
  );
});

test("units that begin alike are told apart, and so many that the table has grown", () => {
  const seen = seenUnits();
  const all = Array.from({ length: 50_000 }, (_, index) => [7, index * 4096] as const);
  expect(all.filter((unit) => seen.add(unit))).toHaveLength(50_000);
  expect(all.filter((unit) => seen.add(unit))).toEqual([]);
});
