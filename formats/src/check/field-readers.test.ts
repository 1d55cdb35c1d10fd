import { expandColumns, parseDefinition, readField } from "@ratchet/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldReaders } from "./field-readers.ts";

const columns = expandColumns(
  parseDefinition(`
model: shop
task: classification
data:
  label: label
  schema:
    - { name: "pixel[0..1]", type: integer, min: 0, max: 9 }
    - { name: other, type: integer, min: 0, max: 5 }
    - { name: amount, type: number, optional: true }
    - { name: day, type: date, default: 2024-03-31 }
    - { name: kind, type: category, values: [a, b] }
    - { name: label, type: integer, min: 0, max: 1 }
training: { code: ., command: x, environment: x, compute: x }
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.1 } } }
deploy: { app: inference-shop }
`).data.schema,
);

test("fields are read as they are without memory, faults by their own column's name, in any order and however often", () => {
  const readers = fieldReaders(columns);
  const field = fc.record({
    column: fc.nat(columns.length - 1),
    text: fc.oneof(
      fc.constantFrom("", "1", "01", "1.0", "7", "a", "2024-03-31", "2024-03-31T00:00:00Z", "nan"),
      fc.string(),
    ),
  });
  fc.assert(
    fc.property(fc.array(field, { maxLength: 50 }), (fields) => {
      for (const { column: index, text } of fields) {
        const column = columns[index] ?? expect.fail("there is a column");
        expect(readers[index]?.(text)).toEqual(readField(column, text));
      }
    }),
  );
});

test("texts beyond those that are remembered are read all the same", () => {
  const [read] = fieldReaders(columns.slice(3, 4));
  for (let round = 0; round < 2; round += 1)
    for (let number = 0; number < 10_000; number += 1)
      expect(read?.(`${number}.50`)).toEqual({ value: number + 0.5, text: `${number}.5` });
});
