import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { absolute } from "../decision/compare.ts";
import { deviationFor } from "../methods/methods.ts";
import { type ClassifierScores, type RegressionScores, type Scores, selectRows } from "../scores.ts";
import { seededDraw } from "../statistics/random.ts";
import { classifiers, regressions } from "../testing/pairs.ts";
import { allMetrics, evidenceOf, measure } from "./metrics.ts";

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
    const named = Object.keys(allMetrics({ ...scores, probabilities: undefined }));
    expect(named).toEqual(["accuracy", "balanced-accuracy", "macro-f1"]);
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

describe("metrics of classes", () => {
  /** scikit-learn's own example of a classification report: labels 0 1 2 2 2, predicted 0 0 2 2 1. */
  const report = classifier([
    [0, 0, 1, 1],
    [1, 0, 0, 1],
    [2, 2, 1, 1],
    [2, 2, 1, 1],
    [2, 1, 0, 1],
  ]);

  test("agree with what scikit-learn's documents give", () => {
    expect(measure("f1(first)", report, { classes: { first: 0 } })).toBeCloseTo(0.67, 2);
    expect(measure("f1(second)", report, { classes: { second: 1 } })).toBe(0);
    expect(measure("f1(third)", report, { classes: { third: 2 } })).toBeCloseTo(0.8, 12);
    // balanced_accuracy_score([0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1]) = 0.625.
    const rows = [0, 1, 0, 0, 1, 0].map((label, row) => [label, [0, 1, 0, 0, 0, 1][row] ?? 0, 0.5, 0.5] as const);
    expect(measure("balanced-accuracy", classifier(rows, 2))).toBe(0.625);
  });

  test("of one class need to know which it is", () => {
    expect(measure("f1(third)", report)).toBeUndefined();
    expect(measure("f1", report, { classes: { third: 2 } })).toBeUndefined();
  });

  test("cost what a matrix says that mistakes do", () => {
    const costs = [
      [0, 1, 1],
      [5, 0, 1],
      [1, 2, 0],
    ];
    expect(measure("cost", report, { costs })).toBe(7 / 5);
    expect(measure("cost", report)).toBeUndefined();
  });
});

describe("metrics of probabilities", () => {
  /** Two classes, by the probability of the second. */
  const binary = (labels: readonly number[], second: readonly number[]) =>
    classifier(
      labels.map((label, row) => {
        const p = second[row] ?? 0;
        return [label, p > 0.5 ? 1 : 0, label === 1 ? p : 1 - p, Math.max(p, 1 - p)] as const;
      }),
      2,
    );

  test("agree with what scikit-learn's documents give", () => {
    // roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.75; brier_score_loss([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]) = 0.037…
    expect(measure("auc", binary([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]))).toBe(0.75);
    expect(measure("brier", binary([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]))).toBeCloseTo(0.0375, 12);
  });

  test("count ties by half, and find nothing to tell where there is one class", () => {
    expect(measure("auc", binary([0, 1, 1], [0.5, 0.5, 0.9]))).toBe(0.75);
    expect(measure("auc", binary([1, 1], [0.5, 0.9]))).toBe(0.5);
  });

  test("of more than two classes need all probabilities, and agree with sums done by hand", () => {
    const { challenger } = classifiers(seededDraw("three"), 40);
    const each = challenger.probabilities?.ofEach ?? expect.fail("no probabilities");
    const of = (row: number, index: number) => each[row * 3 + index] ?? 0;
    const rows = [...challenger.labels.entries()];
    const brier = rows.flatMap(([row, label]) =>
      [0, 1, 2].map((index) => (of(row, index) - Number(index === label)) ** 2),
    );
    expect(measure("brier", challenger)).toBeCloseTo(brier.reduce((sum, one) => sum + one, 0) / 40, 6);
    const areas = [0, 1, 2].map((index) => {
      const own = rows.filter(([, label]) => label === index);
      const others = rows.filter(([, label]) => label !== index);
      const wins = own.flatMap(([a]) => others.map(([b]) => (Math.sign(of(a, index) - of(b, index)) + 1) / 2));
      return wins.reduce((sum, win) => sum + win, 0) / wins.length;
    });
    expect(measure("auc", challenger)).toBeCloseTo(areas.reduce((sum, area) => sum + area, 0) / 3, 6);
    const bare = { ...challenger.probabilities, squares: undefined, ofEach: undefined };
    const without = { ...challenger, probabilities: bare } as ClassifierScores;
    expect([measure("brier", without), measure("auc", without)]).toEqual([undefined, undefined]);
  });
});

describe("the loss of a quantile", () => {
  test("charges what is too low by the quantile, and what is too high by the rest", () => {
    // mean_pinball_loss([1, 2, 3], [0, 2, 3], alpha=0.1) = 0.03…, ([1, 2, 3], [1, 2, 4], alpha=0.1) = 0.3: scikit-learn's documents.
    expect(measure("quantile-loss(0.1)", regression([1, 2, 3], [0, 2, 3]))).toBeCloseTo(0.1 / 3, 12);
    expect(measure("quantile-loss(0.1)", regression([1, 2, 3], [1, 2, 4]))).toBeCloseTo(0.3, 12);
    expect(measure("quantile-loss(0.9)", regression([1, 2, 3], [0, 2, 3]))).toBeCloseTo(0.3, 12);
  });
});

describe("what each row says", () => {
  const parameters = {
    classes: { second: 1 },
    costs: [
      [0, 1, 4],
      [2, 0, 1],
      [1, 1, 0],
    ],
  };
  const draw = seededDraw("rows");

  test.each(["balanced-accuracy", "macro-f1", "f1(second)", "auc", "brier", "cost", "calibration-error"])(
    "of %s is, on the whole, the improvement, and never worse than the worst",
    (metric) => {
      const pair = classifiers(draw, 400, { challenger: 1.6 });
      const evidence = evidenceOf(metric, pair, parameters)?.better;
      if (evidence?.method !== "gaffke") return expect.fail("it is compared in another way");
      const improvement = absolute({ metric, parameters }, pair.challenger, pair.champion)?.improvement;
      expect(evidence.improvements.mean).toBeCloseTo(improvement ?? Number.NaN, 9);
      expect(evidence.improvements.values[0]).toBeGreaterThanOrEqual(evidence.worst);
    },
  );

  test.each(["balanced-accuracy", "macro-f1", "f1(second)", "auc"])(
    "of %s differs from row to row as what leaving out each of them shows",
    (metric) => {
      const rows = 150;
      const { challenger, champion } = classifiers(draw, rows, { challenger: 1.5 });
      const without = (scores: Scores, left: number) =>
        selectRows(
          scores,
          Int32Array.from({ length: rows - 1 }, (_, place) => (place < left ? place : place + 1)),
        );
      const left = Array.from({ length: rows }, (_, row) => {
        const found = absolute({ metric, parameters }, without(challenger, row), without(champion, row));
        return (rows - 1) * (found?.improvement ?? Number.NaN);
      });
      const mean = left.reduce((sum, one) => sum + one, 0) / rows;
      const variance = left.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (rows - 1);
      const said = evidenceOf(metric, { challenger, champion }, parameters)?.better ?? expect.fail("it is not carried");
      expect(deviationFor(said).variance / variance).toBeGreaterThan(0.96);
      expect(deviationFor(said).variance / variance).toBeLessThan(1.04);
    },
  );
});

describe("an improvement", () => {
  const { challenger: good, champion: bad } = regressions(seededDraw("better"), 50, { challenger: 0.2 });

  test.each(["rmse", "mae", "r2", "quantile-loss(0.5)"])(
    "of %s is positive where the challenger is better",
    (metric) => {
      expect(absolute({ metric }, good, bad)?.improvement).toBeGreaterThan(0);
      expect(absolute({ metric }, bad, good)?.improvement).toBeLessThan(0);
    },
  );

  test("of log-loss is one of losses that are bounded, and says so", () => {
    const sure = classifier(
      [
        [0, 1, 1e-9, 1],
        [0, 0, 0.9, 0.9],
      ],
      2,
    );
    const found = absolute({ metric: "log-loss" }, sure, sure);
    expect(found?.challenger).toBeCloseTo((-Math.log(0.01) - Math.log(0.9)) / 2, 12);
    expect(found?.note).toBe("probabilities below 0.01 count as 0.01");
    expect(measure("log-loss", sure)).toBeGreaterThan(10);
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
