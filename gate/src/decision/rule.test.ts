import { describe, expect, test } from "vitest";
import { testScorePolicy } from "../testing/policy.ts";
import { classifier, wrongIn } from "../testing/scores.ts";
import { type Compared, compare } from "./compare.ts";
import {
  alphaPerAttempt,
  compareByMetric,
  compareToGuard,
  isBinding,
  keepingOf,
  missedBound,
  standingOf,
} from "./rule.ts";

/** A comparison that bounds the challenger's improvement from both sides. */
const between = (lowerBound: number, upperBound: number): Compared => ({
  metric: "accuracy",
  challenger: 0.9,
  champion: 0.9,
  improvement: (lowerBound + upperBound) / 2,
  lowerBound,
  upperBound,
  alpha: 0.05,
  rows: 600,
  method: "gaffke",
});
const ofTooFewRows: Compared = { ...between(0, 0), lowerBound: null, upperBound: null };

describe("better is", () => {
  test("what is shown to be better by more than minEffect, to the last digit", () => {
    expect(standingOf(between(0.02, 0.04), { minEffect: 0.01 })).toEqual({
      shown: "better",
      byAtLeast: 0.02,
      alpha: 0.05,
    });
    expect(standingOf(between(0.01, 0.04), { minEffect: 0.01 })).toEqual({
      shown: "neither",
      perhaps: 0.01,
      asked: 0.01,
      alpha: 0.05,
    });
    expect(standingOf(between(0, 0.04), { minEffect: 0 }).shown).toBe("neither");
  });

  test("never what may be worse", () => {
    expect(standingOf(between(-0.001, 0.2), { minEffect: 0 }).shown).toBe("neither");
  });

  test("shown at the epoch's error spread over the uses of its holdout", () => {
    expect(alphaPerAttempt(testScorePolicy({ confidence: 0.95, reuseBudget: 20 }))).toBe(0.0025);
    expect(alphaPerAttempt(testScorePolicy({ confidence: 0.95, reuseBudget: 1 }))).toBe(0.05);
    expect(alphaPerAttempt(testScorePolicy({ confidence: 0.9, reuseBudget: 8 }))).toBe(0.0125);
    expect(alphaPerAttempt(testScorePolicy({ confidence: 0.95, reuseBudget: 20, reveal: "decision" }))).toBe(0.00125);
    expect(alphaPerAttempt(testScorePolicy({ confidence: 0.99, reuseBudget: 40 }))).toBe(0.00025);
  });
});

describe("models are compared", () => {
  const pair = { challenger: classifier(wrongIn(300, [0, 20])), champion: classifier(wrongIn(300, [0, 60])) };
  const policy = testScorePolicy({ metric: "accuracy", confidence: 0.9, reuseBudget: 10 });

  test("by the gate's metric once, at the attempt's share of the epoch's error", () => {
    expect(compareByMetric(pair, policy, "seed")).toEqual(compare({ metric: "accuracy" }, pair, 0.01, "seed"));
  });

  test("for guardrails and slices at the whole of it", () => {
    expect(compareToGuard("log-loss", pair, policy, "seed")).toEqual(
      compare({ metric: "log-loss" }, pair, 0.1, "seed"),
    );
  });
});

describe("worse is", () => {
  test("what is shown to be worse at all, however little was asked for", () => {
    expect(standingOf(between(-0.04, -0.001), { minEffect: 0.1 })).toEqual({
      shown: "worse",
      byAtLeast: 0.001,
      alpha: 0.05,
    });
    expect(standingOf(between(-0.04, 0), { minEffect: 0 }).shown).toBe("neither");
  });
});

describe("nothing is shown", () => {
  test("by too few rows", () => {
    expect(standingOf(ofTooFewRows, { minEffect: 0 })).toEqual({ shown: "too-few-rows" });
    expect(keepingOf({ ...ofTooFewRows, margin: 1 })).toEqual({ shown: "too-few-rows" });
  });
});

describe("a guardrail is", () => {
  test("kept where it is shown not to get worse by more than its margin", () => {
    expect(keepingOf({ ...between(-0.02, 0.01), margin: 0.02 })).toEqual({ shown: "kept" });
    expect(keepingOf({ ...between(-0.03, 0.01), margin: 0.02 })).toEqual({
      shown: "neither",
      perhaps: -0.03,
      alpha: 0.05,
    });
  });

  test("broken where it is shown to get worse by more than its margin, not where it does by just that", () => {
    expect(keepingOf({ ...between(-0.04, -0.03), margin: 0.02 })).toEqual({
      shown: "broken",
      byAtLeast: 0.03,
      alpha: 0.05,
    });
    expect(keepingOf({ ...between(-0.04, -0.02), margin: 0.02 }).shown).toBe("neither");
  });
});

describe("a slice", () => {
  test("binds from its fewest rows on", () => {
    expect(isBinding(200, { minRows: 200 })).toBe(true);
    expect(isBinding(199, { minRows: 200 })).toBe(false);
  });
});

describe("a threshold", () => {
  test("is met at its bound, and missed by what is not a number", () => {
    expect(missedBound(0.9, { metric: "accuracy", min: 0.9 })).toBeUndefined();
    expect(missedBound(0.89, { metric: "accuracy", min: 0.9 })).toEqual({ is: "below", bound: 0.9 });
    expect(missedBound(1.1, { metric: "log-loss", max: 1 })).toEqual({ is: "above", bound: 1 });
    const both = { metric: "accuracy", min: 0.5, max: 0.9 } as const;
    expect([0.5, 0.7, 0.9].map((value) => missedBound(value, both))).toEqual([undefined, undefined, undefined]);
    expect(missedBound(0.49, both)).toEqual({ is: "below", bound: 0.5 });
    expect(missedBound(0.91, both)).toEqual({ is: "above", bound: 0.9 });
    expect(missedBound(1, { metric: "log-loss", max: 1 })).toBeUndefined();
    expect(missedBound(Number.NaN, { metric: "log-loss", max: 1 })).toEqual({ is: "above", bound: 1 });
    expect(missedBound(Number.NaN, { metric: "accuracy", min: 0 })).toEqual({ is: "below", bound: 0 });
  });
});
