import { describe, expect, test } from "vitest";
import { methods } from "../methods/methods.ts";
import type { Pair } from "../metrics/metric.ts";
import { type RegressionScores, selectRows } from "../scores.ts";
import { seededDraw } from "../statistics/random.ts";
import { classifiers, normal, regressions } from "../testing/pairs.ts";
import { classifier, wrongIn } from "../testing/scores.ts";
import { compare, confront, harmProbability } from "./compare.ts";

const parameters = {
  classes: { second: 1 },
  costs: [
    [0, 1, 4],
    [2, 0, 1],
    [1, 1, 0],
  ],
};
const ofClasses = ["balanced-accuracy", "macro-f1", "f1(second)", "auc"];
const ofClassifiers = ["accuracy", ...ofClasses, "log-loss", "brier", "calibration-error", "cost"];
const ofRegressions = ["rmse", "mae", "quantile-loss(0.9)", "r2"];
const all = [...ofClassifiers, ...ofRegressions];

const draw = seededDraw("pairs");
const pairFor = (metric: string, rows: number, skill: { challenger?: number; champion?: number } = {}): Pair =>
  ofRegressions.includes(metric) ? regressions(draw, rows, skill) : classifiers(draw, rows, skill);

const compared = (metric: string, pair: Pair, alpha = 0.05) =>
  compare({ metric, parameters }, pair, alpha, "seed") ?? expect.fail(`${metric} is not carried`);

const rearranged = ({ challenger, champion }: Pair, rows: Int32Array): Pair => ({
  challenger: selectRows(challenger, rows),
  champion: selectRows(champion, rows),
});

describe.each(all)("a comparison by %s", (metric) => {
  test("is the other way round when the models are", () => {
    const { challenger, champion } = pairFor(metric, 240, { challenger: 1.2 });
    const one = compared(metric, { challenger, champion });
    const other = compared(metric, { challenger: champion, champion: challenger });
    expect(one.lowerBound).not.toBeNull();
    expect(other.upperBound).toBe(0 - (one.lowerBound ?? 0));
    expect(other.lowerBound).toBe(0 - (one.upperBound ?? 0));
    expect(other.improvement).toBeCloseTo(-(one.improvement ?? 0), 12);
  });

  test("does not depend on the order of rows", () => {
    const pair = pairFor(metric, 240);
    const backwards = rearranged(
      pair,
      Int32Array.from({ length: 240 }, (_, row) => 239 - row),
    );
    const [one, other] = [compared(metric, pair), compared(metric, backwards)];
    for (const bound of ["lowerBound", "upperBound", "improvement"] as const)
      expect(other[bound]).toBeCloseTo(one[bound] ?? Number.NaN, 7);
  });

  test("has the improvement between its bounds, which are wider for a smaller alpha", () => {
    const pair = pairFor(metric, 240, { challenger: 1.2 });
    const [narrow, wide] = [compared(metric, pair, 0.05), compared(metric, pair, 0.0025)];
    expect(narrow.lowerBound).toBeLessThan(narrow.improvement ?? Number.NaN);
    expect(narrow.upperBound).toBeGreaterThan(narrow.improvement ?? Number.NaN);
    expect(wide.lowerBound).toBeLessThan(narrow.lowerBound ?? Number.NaN);
    expect(wide.upperBound).toBeGreaterThan(narrow.upperBound ?? Number.NaN);
  });

  test("shows nothing of a model against itself", () => {
    const { challenger } = pairFor(metric, 240);
    const same = compared(metric, { challenger, champion: challenger });
    expect(same.improvement).toBe(0);
    expect(same.lowerBound).toBeLessThanOrEqual(0);
    expect(same.upperBound).toBeGreaterThanOrEqual(0);
  });

  test("finds harm likely by chance just where its bound is above the margin", () => {
    const pair = pairFor(metric, 240, ofRegressions.includes(metric) ? { challenger: 1.3 } : { champion: 1.6 });
    const { upperBound } = compared(metric, pair, 0.05);
    const confronted = confront({ metric, parameters }, pair, "seed") ?? expect.fail("it is not carried");
    const harm = (margin: number) => harmProbability(confronted, margin) ?? Number.NaN;
    const margin = 0 - (upperBound ?? Number.NaN);
    const little = 0.01 * (Math.abs(margin) + 0.01);
    expect(harm(margin - little)).toBeLessThanOrEqual(0.0501);
    expect(harm(margin + little)).toBeGreaterThan(0.049);
  });

  test(metric === "accuracy" ? "is made however few rows there are" : "is refused by fewer than 100 rows", () => {
    const few = compared(metric, pairFor(metric, 99));
    if (metric === "accuracy") return expect(few.lowerBound).not.toBeNull();
    expect(few).toMatchObject({ lowerBound: null, upperBound: null, needs: 100, tooFew: { has: "99 rows" } });
    expect(compared(metric, pairFor(metric, 150)).needs).toBeUndefined();
  });
});

test("every method that is used says what it takes for granted", () => {
  const used = new Set(all.map((metric) => compared(metric, pairFor(metric, 200)).method as string));
  expect([...used].sort()).toEqual(Object.keys(methods).sort());
  for (const { assumes } of Object.values(methods)) expect(assumes).toMatch(/independent/);
  expect(methods["subset-means-hall"].failsUnder.length).toBeGreaterThan(0);
});

test.each(ofClasses)("a comparison by %s is refused where a class has fewer than 10 rows", (metric) => {
  const pair = classifiers(draw, 400);
  const second = [...pair.challenger.labels.keys()].filter((row) => pair.challenger.labels[row] === 1);
  const dropped = new Set(second.slice(9));
  const rows = Int32Array.from([...pair.challenger.labels.keys()].filter((row) => !dropped.has(row)));
  const { lowerBound, tooFew, needs } = compared(metric, rearranged(pair, rows));
  expect([lowerBound, tooFew?.needs]).toEqual([null, "10 of each"]);
  expect(needs).toBe(Math.ceil((rows.length * 10) / 9));
});

test("a comparison with a champion that makes no errors has a bound only where there is one", () => {
  const { challenger, champion } = regressions(draw, 200);
  const perfect = { ...champion, predicted: champion.labels };
  const found = compared("rmse", { challenger, champion: perfect });
  expect([found.lowerBound, found.tooFew]).toEqual([null, undefined]);
  expect(compared("rmse", { challenger: perfect, champion: challenger }).lowerBound).toBeGreaterThan(0);
});

test("scores that carry no such metric are not compared", () => {
  const pair = { challenger: classifier(wrongIn(200)), champion: classifier(wrongIn(200)) };
  const bare = { ...pair, champion: { ...pair.champion, probabilities: undefined } };
  expect(compare({ metric: "rmse" }, pair, 0.05, "seed")).toBeUndefined();
  expect(compare({ metric: "log-loss" }, bare, 0.05, "seed")).toBeUndefined();
});

describe("at an error of 0.25 %", () => {
  test("five rows won and none lost are not enough for macro-F1, though they are at 5 %", () => {
    // Exactly, by McNemar's test of the same rows: p = 0.031.
    const pair = { challenger: classifier(wrongIn(300)), champion: classifier(wrongIn(300, [0, 5])) };
    expect(compared("macro-f1", pair, 0.0025).lowerBound).toBeLessThanOrEqual(0);
    expect(compared("macro-f1", pair, 0.05).lowerBound).toBeGreaterThan(0);
  });

  test("equal regressions whose errors have heavy tails are hardly ever told apart by RMSE", () => {
    const source = seededDraw("heavy tails");
    const rows = 100;
    const trials = 200;
    let promoted = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const labels = new Float64Array(rows);
      const errors = () => Float64Array.from(labels, () => Math.exp(normal(source)));
      const model = (): RegressionScores => ({ task: "regression", rows, labels, predicted: errors() });
      const found = compared("rmse", { challenger: model(), champion: model() }, 0.0025);
      if ((found.lowerBound ?? 0) > 0) promoted += 1;
    }
    // The bootstrap promoted 3.2 %.
    expect(promoted).toBeLessThanOrEqual(2);
  });
});
