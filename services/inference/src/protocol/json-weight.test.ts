import { expect, test } from "vitest";
import { jsonWeight } from "./json-weight.ts";

const mebibyte = 1024 * 1024;
const perCharacter = (repeated: string, keepsSources = false): number =>
  jsonWeight(Buffer.from(repeated.repeat(1_000)), keepsSources) / (1_000 * repeated.length);

test.each([
  ["[],", 14.3, 38.7],
  ["{},", 22.3, 83.7],
  ["[[]],", 20.2, 47.3],
  ['{"a":{}},', 11.7, 61.4],
  ['{"a":1,"b":2,"c":3},', 3.8, 19],
  ["1,", 5, 25],
  ["1.5,", 3, 24.2],
  ['"ab",', 2.6, 15.4],
])("%s weighs no less than parsing it was measured to take", (text, plain, withSources) => {
  expect(perCharacter(text)).toBeGreaterThan(plain);
  expect(perCharacter(text, true)).toBeGreaterThan(withSources);
});

test("the largest bodies of numbers, and of rows by name, weigh less than a thread has", () => {
  for (const usual of ["0,", "0.25,", '{"island":"Biscoe","bill_length":39.1,"year":2007},', "[0,0,0,0],"])
    expect(64 * mebibyte * perCharacter(usual), usual).toBeLessThan(768 * mebibyte);
});
