import { type ColumnProfile, usualSuspicionPolicy } from "@ratchet/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { randomFrom } from "../testing/random.ts";
import { definitionOf, profileOf, type Table } from "../testing/table.ts";
import type { Comparison } from "./comparison.ts";
import { compareLabelFit } from "./label-fit.ts";
import { compareNumbers } from "./numbers.ts";
import { compareValues } from "./values.ts";

const definition = definitionOf(
  "classification",
  "label",
  `{ name: x, type: number, optional: true }, { name: y, type: number, optional: true },
   { name: kind, type: category, values: [a, b, c], optional: true }, { name: label, type: integer, min: 0, max: 30 }`,
);

/** How a column may look: all missing, one value, huge or tiny, whole, with far tails, half missing, narrow. */
const shapes: readonly ((share: number, scale: number) => string)[] = [
  () => "",
  () => "5",
  (share, scale) => String((share - 0.5) * scale),
  (share) => String(Math.floor(share * 5)),
  (share) => String(Math.tan(Math.PI * (share - 0.5))),
  (share) => (share < 0.5 ? "" : "0"),
  (share) => String(1000 + share),
];

const side = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: 1, max: 200 }),
  shapes: fc.tuple(fc.nat(shapes.length - 1), fc.nat(shapes.length - 1)),
  power: fc.integer({ min: -35, max: 37 }),
  kinds: fc.constantFrom([""], ["a"], ["a", "b", "c"], ["", "b"]),
  labels: fc.integer({ min: 1, max: 31 }),
});
type Side = typeof side extends fc.Arbitrary<infer Value> ? Value : never;

function rowsOf({ seed, rows, shapes: [x, y], power, kinds, labels }: Side): Table["rows"] {
  const random = randomFrom(seed);
  const number = (shape: number): string => shapes[shape]?.(random(), 10 ** power) ?? "";
  return Array.from({ length: rows }, () => [
    number(x),
    number(y),
    kinds[Math.floor(random() * kinds.length)] ?? "",
    String(Math.floor(random() * labels)),
  ]);
}

function compareColumns(batch: ColumnProfile, before: ColumnProfile): readonly Comparison[] {
  if (batch.kind === "values")
    return before.kind === "values" ? compareValues(batch, before, usualSuspicionPolicy) : [];
  return before.kind === "values" ? [] : compareNumbers(batch, before, usualSuspicionPolicy);
}

test("whatever rows are compared, probabilities are probabilities, and all else is a number and told as one", () => {
  fc.assert(
    fc.property(side, side, (one, other) => {
      const [batch, before] = [profileOf({ definition }, rowsOf(one)), profileOf({ definition }, rowsOf(other))];
      const columns = batch.columns.flatMap((column, at) => compareColumns(column, before.columns[at] ?? column));
      const fits = Object.entries(batch.bonds).flatMap(([made, bond]) =>
        compareLabelFit(
          { batch: bond, before: before.bonds[made] ?? bond },
          { column: "label", label: "label", nameOf: String },
          { ...usualSuspicionPolicy, minRows: 20 },
        ),
      );
      for (const { probability, effect, sentence, bars } of [...columns, ...fits]) {
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
        expect(effect).toSatisfy(Number.isFinite);
        expect(sentence()).not.toMatch(/NaN|Infinity|undefined/);
        for (const bar of bars) expect([bar.batch, bar.before].every((share) => share >= 0 && share <= 1.5)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
