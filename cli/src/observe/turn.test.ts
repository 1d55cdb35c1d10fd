import { expect, test } from "vitest";
import { oddRowsInWords } from "./turn.ts";

test("rows that came again, were corrected, contradict or are left out are told, and nothing where there are none", () => {
  const rows = { train: 80, holdout: 20, duplicate: 0, replaced: 0, contradicting: 0, leftOut: 0 };
  expect(oddRowsInWords(rows)).toBe("");
  expect(oddRowsInWords(undefined)).toBe("");
  expect(oddRowsInWords({ ...rows, duplicate: 6, contradicting: 1 })).toBe(
    " (rows: 6 came again, 1 contradicting another's label)",
  );
  expect(oddRowsInWords({ ...rows, replaced: 2, leftOut: 3 })).toBe(" (rows: 2 corrected, 3 left out)");
});
