import { expect, test } from "vitest";
import { age, printable, printableLines, seconds, table } from "./output.ts";

test.each([
  [4_240, "4.2 s"],
  [59_940, "59.9 s"],
  [60_000, "1 min 0 s"],
  [192_000, "3 min 12 s"],
  [239_700, "4 min 0 s"],
])("says %d milliseconds as %s", (milliseconds, said) => {
  expect(seconds(milliseconds)).toBe(said);
});

test("shows what a terminal would heed, and keeps all other text", () => {
  expect(printable("Zürich 🙂\u001b[2J\u009b1m\u202e\r\n\t")).toBe("Zürich 🙂\\u{1b}[2J\\u{9b}1m\\u{202e}\\r\\n\\t");
  expect(printableLines("a\nb\u0007")).toBe("a\nb\\u{7}");
});

test("cuts what has no room in a table, widest column first, and lets nothing of a cell heed the terminal", () => {
  const rows = [
    ["1", "a long reason that does not fit into what is there", "short"],
    ["2", "\u001b]52;c;x\u0007", "\u001b[31mred\u001b[39m"],
  ];
  const shown = table(["number", "reason", "what"], rows, 40);
  expect(shown.split("\n").map((line) => line.replaceAll("\u001b[31m", "").replaceAll("\u001b[39m", ""))).toEqual([
    "number  reason                     what",
    "1       a long reason that does …  short",
    "2       \\u{1b}]52;c;x\\u{7}         red",
  ]);
  expect(shown).toContain("\u001b[31mred\u001b[39m");
  expect(table(["number", "reason"], rows, undefined)).toContain("what is there");
});

test.each([
  ["2026-11-23T09:59:59.500Z", "now"],
  ["2026-11-23T09:59:18Z", "42 s"],
  ["2026-11-23T09:57:00Z", "3 min"],
  ["2026-11-23T05:00:00Z", "5 h"],
  ["2026-11-01T10:00:00Z", "22 d"],
  ["soon", ""],
])("says how long ago %s was: %s", (time, said) => {
  expect(age(time, new Date("2026-11-23T10:00:00Z"))).toBe(said);
});
