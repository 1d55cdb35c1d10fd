import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { expandColumns } from "../definition/columns.ts";
import { rowHash } from "./row-hash.ts";
import { shopOf } from "./testing/shop.ts";

const columns = expandColumns(
  shopOf(`
    - { name: kind, type: text, feature: false }
    - { name: größe, type: text, default: tall, feature: false }
    - { name: amount, type: number }
    - { name: label, type: integer, min: 0, max: 1 }`).data.schema,
);

/** As the hash is defined, and as it was computed for every row that was ever split. */
function spelledOut([kind = "", size = "", amount = ""]: readonly string[]): string {
  const said = [
    { name: "amount", text: amount },
    { name: "größe", text: size === "tall" ? "" : size },
    { name: "kind", text: kind },
  ].filter(({ text }) => text !== "");
  const text = said.map((part) => `${part.name}\u001f${part.text.length}:${part.text}\u001e`).join("");
  return createHash("sha256").update(text, "utf8").digest("hex");
}

test("a row's hash is that of what it says, in UTF-8, whatever its letters and however long it is", () => {
  const hash = rowHash(columns, ["kind", "größe", "amount"]);
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: "binary-ascii", maxLength: 3_000 }),
    fc.constantFrom("", "tall", "\ud800", "ä".repeat(2_000)),
  );
  fc.assert(
    fc.property(fc.array(texts, { minLength: 3, maxLength: 3 }), (row) => {
      expect(hash([...row, "1"]).toString("hex")).toBe(spelledOut(row));
    }),
  );
});
