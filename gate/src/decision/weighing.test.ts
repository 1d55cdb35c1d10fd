import { describe, expect, test } from "vitest";
import { testScorePolicy } from "../testing/policy.ts";
import { classifier, wrongIn } from "../testing/scores.ts";
import type { SliceColumn } from "./slices.ts";
import { weighAlone, weighPair } from "./weighing.ts";

/** A column of slices of these sizes, in this order, called by their places. */
function columnOf(sizes: readonly number[], nameOf = (index: number) => `value ${index}`): SliceColumn {
  return {
    column: "region",
    values: sizes.map((_, index) => nameOf(index)),
    ofRow: Int32Array.from(sizes.flatMap((size, index) => Array.from({ length: size }, () => index))),
  };
}

function slicesOf(sizes: readonly number[], minRows: number, nameOf?: (index: number) => string) {
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const pair = { challenger: classifier(wrongIn(rows)), champion: classifier(wrongIn(rows, [0, 3])) };
  const policy = testScorePolicy({ slices: [{ column: "region", margin: 0, minRows, demand: "no-harm-shown" }] });
  return weighPair(pair, policy, [columnOf(sizes, nameOf)], "seed").slices;
}

describe("slices are weighed", () => {
  test("largest first, of equal ones by their values, and binding ones before small ones", () => {
    const names = ["east", "north", "south", "west", "nowhere"];
    const slices = slicesOf([10, 40, 50, 40, 60], 41, (index) => names[index] ?? "");
    expect(slices.map(({ value, rows, binding }) => [value, rows, binding])).toEqual([
      ["nowhere", 60, true],
      ["south", 50, true],
      ["north", 40, false],
      ["west", 40, false],
      ["east", 10, false],
    ]);
  });

  test("as binding from exactly their fewest rows on", () => {
    expect(slicesOf([41, 40], 41).map(({ binding }) => binding)).toEqual([true, false]);
  });

  test("all where they bind, and the twenty largest of those that do not", () => {
    const sizes = [...Array.from({ length: 25 }, (_, index) => index + 1), ...Array.from({ length: 22 }, () => 30)];
    const slices = slicesOf(sizes, 30);
    expect(slices.filter(({ binding }) => binding)).toHaveLength(22);
    const small = slices.filter(({ binding }) => !binding).map(({ rows }) => rows);
    expect(small).toEqual(Array.from({ length: 20 }, (_, index) => 25 - index));
  });

  test("where they have rows, by a column that is there", () => {
    expect(slicesOf([5, 0, 4], 1).map(({ value }) => value)).toEqual(["value 0", "value 2"]);
    const pair = { challenger: classifier(wrongIn(10)), champion: classifier(wrongIn(10)) };
    const policy = testScorePolicy({ slices: [{ column: "season", margin: 0, minRows: 1, demand: "no-harm-shown" }] });
    expect(weighPair(pair, policy, [columnOf([10])], "seed").slices).toEqual([]);
  });
});

describe("a challenger that is weighed alone", () => {
  test("has its numbers, and the champion's beside them where there are any, and is tested by none", () => {
    const challenger = classifier(wrongIn(100, [0, 10]));
    const champion = classifier(wrongIn(100, [0, 20]));
    const policy = testScorePolicy();
    expect(weighAlone({ challenger }, policy).primary).toMatchObject({
      challenger: 0.9,
      champion: null,
      improvement: null,
    });
    const both = weighAlone({ challenger, champion }, policy);
    expect(both.primary).toMatchObject({ champion: 0.8, lowerBound: null, alpha: null, method: "absolute" });
    expect(both.primary.improvement).toBeCloseTo(0.1, 12);
    expect(both.metrics["accuracy"]).toEqual({ challenger: 0.9, champion: 0.8 });
  });
});

test("a row that is there twice counts once, in the metric and in its slice", () => {
  const rows = { challenger: classifier(wrongIn(6, [0, 1])), champion: classifier(wrongIn(6, [0, 3])) };
  const policy = testScorePolicy({ slices: [{ column: "region", margin: 0, minRows: 1, demand: "no-harm-shown" }] });
  const twice = { ...rows, identities: ["a", "b", "c", "b", "d", "c"] };
  const { primary, slices, metrics } = weighPair(twice, policy, [columnOf([2, 4])], "seed");
  // Rows a, b, c and d, as they came first: the challenger has a wrong, the champion a, b and c.
  expect(primary).toMatchObject({ rows: 4, challenger: 0.75, champion: 0.25 });
  expect(metrics["accuracy"]).toEqual({ challenger: 0.75, champion: 0.25 });
  expect(slices.map((slice) => [slice.value, slice.rows])).toEqual([
    ["value 0", 2],
    ["value 1", 2],
  ]);
  const once = { ...rows, identities: ["a", "b", "c", "d", "e", "f"] };
  expect(weighPair(once, policy, [], "seed").primary.rows).toBe(6);
});
