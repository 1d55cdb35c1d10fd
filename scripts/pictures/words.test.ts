import { expect, test } from "vitest";
import { delaysInWords, inTwo, inWords } from "./words.ts";

test.each([
  ["PT5M", "5 min"],
  ["PT90S", "90 s"],
  ["PT2H", "2 h"],
  ["P1D", "1 day"],
  ["P14D", "14 days"],
])("%s is said as %s", (iso, words) => {
  expect(inWords(iso)).toBe(words);
});

test("what is no duration is refused", () => {
  expect(() => inWords("5 min")).toThrow("5 min is not an ISO 8601 duration");
});

test("a delay that comes several times in a row is said once", () => {
  expect(delaysInWords(["PT2S", "PT1M", "PT1M"])).toBe("2 s, 2 × 1 min");
  expect(delaysInWords([])).toBe("");
});

test("a name is parted after its last hyphen", () => {
  expect(inTwo("data-watcher")).toEqual(["data-", "watcher"]);
  expect(inTwo("evaluator")).toEqual(["evaluator"]);
});
