import { describe, expect, test } from "vitest";
import { candidatesOf } from "./candidates.ts";

const at = (milliseconds: number) => new Date(Date.parse("2026-11-23T09:00:00Z") + milliseconds);
const admitted = (batch: string, milliseconds: number) => ({
  batch,
  file: `digits/${batch}.csv`,
  admittedAt: at(milliseconds).toISOString(),
});
const asked = { first: at(0), now: at(1_000) };

describe("the batches whose rows may judge a challenger are", () => {
  test("those that it was trained on, as far as they are admitted", () => {
    const there = [admitted("a", -3), admitted("b", -2), admitted("c", -1)];
    expect(candidatesOf(["b", "gone", "a"], there, asked)).toEqual(["b", "a"]);
  });

  test("those that were admitted after it was asked about first, until it was asked about last", () => {
    const there = [
      admitted("a", -1),
      admitted("at first", 0),
      admitted("after", 1),
      admitted("at last", 1_000),
      admitted("later", 1_001),
    ];
    expect(candidatesOf(["a"], there, asked)).toEqual(["a", "after", "at last"]);
  });

  test("each once, though it was trained on one that was admitted since", () => {
    expect(candidatesOf(["a"], [admitted("a", 5), admitted("b", 6)], asked)).toEqual(["a", "b"]);
  });

  test("all that are admitted, where it does not say what it was trained on", () => {
    expect(candidatesOf([], [admitted("a", -1), admitted("b", 9_000)], asked)).toEqual(["a", "b"]);
  });
});
