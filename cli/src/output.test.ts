import { expect, test } from "vitest";
import { seconds } from "./output.ts";

test.each([
  [4_240, "4.2 s"],
  [59_940, "59.9 s"],
  [60_000, "1 min 0 s"],
  [192_000, "3 min 12 s"],
  [239_700, "4 min 0 s"],
])("says %d milliseconds as %s", (milliseconds, said) => {
  expect(seconds(milliseconds)).toBe(said);
});
