import { hash } from "node:crypto";
import fc from "fast-check";
import type { TestRow } from "./in-memory.ts";

/** A batch, as tests plan from it. */
export interface TestBatch {
  readonly active: boolean;
  readonly rows: readonly TestRow[];
}

/** The unit of a number: units are hashes. Now and then two begin alike. */
export function unitOf(number: number): readonly [number, number] {
  const bytes = hash("sha256", String(number - (number % 5 === 1 ? 1 : 0)), "buffer");
  return [bytes.readUInt32BE(0), hash("sha256", String(number), "buffer").readUInt32BE(4)];
}

const rowsWith = (place: fc.Arbitrary<number>, most: number): fc.Arbitrary<readonly TestRow[]> =>
  fc.array(
    fc.record({
      unit: fc.nat({ max: 14 }).map(unitOf),
      label: fc.constantFrom(0, 1, 2 ** 32 - 1),
      place,
      held: fc.boolean(),
    }),
    { maxLength: most },
  );

/** A few batches of rows of a few units, whose places are drawn from a few. */
export const batchesWith = (...places: readonly number[]): fc.Arbitrary<readonly TestBatch[]> =>
  fc.array(fc.record({ active: fc.boolean(), rows: rowsWith(fc.constantFrom(...places), 20) }), { maxLength: 7 });

export const someRows = rowsWith(fc.constantFrom(0, 0.5, -1.25, 1e12), 60);
