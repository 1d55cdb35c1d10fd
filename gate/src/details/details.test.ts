import { describe, expect, test } from "vitest";
import type { ClassifierScores } from "../scores.ts";
import { detailsOf } from "./details.ts";

const scores = (
  labels: readonly number[],
  predicted: readonly number[],
  sure: readonly number[],
): ClassifierScores => ({
  task: "classification",
  rows: labels.length,
  classes: 3,
  labels: Int32Array.from(labels),
  predicted: Int32Array.from(predicted),
  probabilities: { ofLabel: Float64Array.from(sure), ofPredicted: Float64Array.from(sure) },
});

describe("details of a classification", () => {
  const own = scores([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 1, 0], [0.9, 0.95, 0.55, 1, 0.58, 0.4]);
  const details = detailsOf(own, undefined, ["a", "b", "c"]);

  test("count what is taken for what", () => {
    expect(details.confusion).toEqual({
      challenger: [
        [2, 1, 0],
        [0, 2, 0],
        [1, 0, 0],
      ],
      champion: null,
    });
  });

  test("say of each class how much of what is said is so, and how much of what is so is said", () => {
    const third = 2 / 3;
    expect(
      details.classes?.map(({ name, rows, challenger }) => [name, rows, challenger.precision, challenger.recall]),
    ).toEqual([
      ["a", 3, third, third],
      ["b", 2, third, 1],
      ["c", 1, 0, 0],
    ]);
    expect(details.classes?.[1]?.challenger.f1).toBeCloseTo(0.8, 12);
  });

  test("say how often it is right where it is so sure", () => {
    expect(details.calibration?.challenger).toEqual([
      { from: 0.4, to: 0.5, rows: 1, said: 0.4, right: 0 },
      { from: 0.5, to: 0.6, rows: 2, said: 0.565, right: 0.5 },
      { from: 0.9, to: 1, rows: 3, said: expect.closeTo(0.95, 12), right: 1 },
    ]);
  });

  test("say nothing of how sure a model is that gives labels only", () => {
    expect(detailsOf({ ...own, probabilities: undefined }, own, ["a", "b", "c"])).not.toHaveProperty("calibration");
  });

  test("have no matrix of more classes than can be read", () => {
    const many = { ...own, classes: 31 };
    expect(detailsOf(many, many, [])).not.toHaveProperty("confusion");
  });
});

test("details of a regression say how errors are spread, of both on one scale, and count every row", () => {
  const regression = (factor: number) => {
    const labels = Float64Array.from({ length: 1_001 }, () => 0);
    return {
      task: "regression",
      rows: 1_001,
      labels,
      predicted: labels.map((_, row) => (row - 500) * factor),
    } as const;
  };
  const { errors } = detailsOf(regression(1), regression(2), []);
  expect(errors?.challenger.quantiles).toEqual([
    { share: 0.05, error: -450 },
    { share: 0.25, error: -250 },
    { share: 0.5, error: 0 },
    { share: 0.75, error: 250 },
    { share: 0.95, error: 450 },
  ]);
  expect(errors?.challenger.histogram).toMatchObject({ from: -980, to: 980 });
  expect(errors?.champion?.histogram).toMatchObject({ from: -980, to: 980 });
  for (const spread of [errors?.challenger, errors?.champion])
    expect(spread?.histogram.rows.reduce((sum, one) => sum + one, 0)).toBe(1_001);
});
