import { expect, test } from "vitest";
import { printable, printableLines, seconds } from "./output.ts";

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
