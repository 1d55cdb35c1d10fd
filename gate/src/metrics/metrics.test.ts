import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ClassifierScores, type RegressionScores, selectRows } from "../scores.ts";
import { allMetrics, improvementOf, measure, metricOf } from "./metric.ts";

const classifier = (
  rows: readonly (readonly [label: number, predicted: number, ofLabel: number, ofPredicted: number])[],
  classes = 3,
): ClassifierScores => ({
  task: "classification",
  rows: rows.length,
  classes,
  labels: Int32Array.from(rows, ([label]) => label),
  predicted: Int32Array.from(rows, ([, predicted]) => predicted),
  probabilities: {
    ofLabel: Float64Array.from(rows, ([, , ofLabel]) => ofLabel),
    ofPredicted: Float64Array.from(rows, ([, , , ofPredicted]) => ofPredicted),
  },
});

const regression = (labels: readonly number[], predicted: readonly number[]): RegressionScores => ({
  task: "regression",
  rows: labels.length,
  labels: Float64Array.from(labels),
  predicted: Float64Array.from(predicted),
});

describe("metrics of a classifier", () => {
  // Labels 0 0 1 1 2 2, predictions 0 1 1 1 2 0.
  const scores = classifier([
    [0, 0, 0.8, 0.8],
    [0, 1, 0.3, 0.6],
    [1, 1, 0.9, 0.9],
    [1, 1, 0.7, 0.7],
    [2, 2, 0.5, 0.5],
    [2, 0, 0.1, 0.85],
  ]);

  test("agree with sums done by hand", () => {
    const metrics = allMetrics(scores);
    expect(metrics["accuracy"]).toBeCloseTo(4 / 6, 12);
    // F1: class 0 1/2, class 1 4/5, class 2 2/3 (what scikit-learn gives for these rows).
    expect(metrics["macro-f1"]).toBeCloseTo((0.5 + 0.8 + 2 / 3) / 3, 12);
    const logs = [0.8, 0.3, 0.9, 0.7, 0.5, 0.1].map((p) => -Math.log(p));
    expect(metrics["log-loss"]).toBeCloseTo(logs.reduce((sum, log) => sum + log, 0) / 6, 12);
    // Bins of 1/15: 0.8 alone (right), 0.6 alone (wrong), 0.9, 0.7, 0.5 alone (right), 0.85 alone (wrong).
    expect(metrics["calibration-error"]).toBeCloseTo((0.2 + 0.6 + 0.1 + 0.3 + 0.5 + 0.85) / 6, 12);
  });

  test("put equal confidences together before calling them wrong", () => {
    const honest = classifier(
      Array.from({ length: 10 }, (_, row) => [0, row < 7 ? 0 : 1, 0.7, 0.7] as const),
      2,
    );
    expect(allMetrics(honest)["calibration-error"]).toBeCloseTo(0, 12);
  });

  test("leave out a class that neither occurs nor is predicted", () => {
    expect(allMetrics(classifier([[0, 0, 1, 1]], 10))["macro-f1"]).toBe(1);
  });

  test("charge certainty in the wrong class, but not infinitely", () => {
    expect(allMetrics(classifier([[0, 1, 0, 1]]))["log-loss"]).toBeCloseTo(-Math.log(1e-15), 10);
  });

  test("need probabilities only where they are about probabilities", () => {
    expect(Object.keys(allMetrics({ ...scores, probabilities: undefined }))).toEqual(["accuracy", "macro-f1"]);
  });
});

describe("metrics of a regression", () => {
  test("agree with sums done by hand", () => {
    // scikit-learn's own example: y = 3 -0.5 2 7, predicted 2.5 0.0 2 8; MSE 0.375, MAE 0.5, R2 0.9486…
    const metrics = allMetrics(regression([3, -0.5, 2, 7], [2.5, 0, 2, 8]));
    expect(metrics["rmse"]).toBeCloseTo(Math.sqrt(0.375), 12);
    expect(metrics["mae"]).toBeCloseTo(0.5, 12);
    expect(metrics["r2"]).toBeCloseTo(0.9486081370449679, 12);
  });

  test("keep r2 exact for labels far from 0", () => {
    const labels = [3, -0.5, 2, 7].map((value) => value + 1e8);
    const predicted = [2.5, 0, 2, 8].map((value) => value + 1e8);
    expect(allMetrics(regression(labels, predicted))["r2"]).toBeCloseTo(0.9486081370449679, 6);
  });
});

describe("an improvement", () => {
  test("is positive where the challenger is better, whichever way its metric runs", () => {
    const good = regression([1, 2, 3], [1, 2, 3]);
    const bad = regression([1, 2, 3], [2, 2, 2]);
    for (const name of ["rmse", "mae", "r2"] as const) {
      const [challenger, champion] = [metricOf(name, good), metricOf(name, bad)];
      if (!challenger || !champion) throw new Error(`${name} is missing`);
      expect(measure(improvementOf(name, challenger, champion))).toBeGreaterThan(0);
      expect(measure(improvementOf(name, champion, challenger))).toBeLessThan(0);
    }
  });
});

describe("chosen rows", () => {
  test("have the metrics that a set of only these rows has", () => {
    const row = fc.tuple(
      fc.nat(2),
      fc.nat(2),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.34, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.infiniteStream(fc.boolean()), (rows, chosen) => {
        const indices = rows.flatMap((_, index) => (chosen.next().value ? [index] : []));
        const kept = classifier(indices.flatMap((index) => rows.slice(index, index + 1)));
        expect(allMetrics(selectRows(classifier(rows), Int32Array.from(indices)))).toEqual(allMetrics(kept));
      }),
    );
  });
});
