import { describe, expect, test } from "vitest";
import { UnusableModelError } from "../models/unusable-model.ts";
import { collectorFor } from "./collect-scores.ts";

const classes = ["a", "b", "c"];
const shape = { task: "classification", features: 1, classes } as const;
const logits = { givesLabels: false };

/** What is kept of a classifier's probabilities. */
function probabilitiesOf(outputs: readonly number[], labels: readonly number[], eachClass = false) {
  const collected = collectorFor(shape, logits, { eachClass });
  collected.add(Float64Array.from(labels), Float64Array.from(outputs));
  const scores = collected.scores();
  return scores.task === "classification" ? scores.probabilities : undefined;
}

describe("scores of classes", () => {
  test("are probabilities where each row sums to one, and logits else; of both the same is kept", () => {
    const probabilities = [0.7, 0.2, 0.1, 0.1, 0.1, 0.8];
    const given = probabilitiesOf(probabilities, [0, 1]);
    expect([...(given?.ofLabel ?? [])]).toEqual([0.7, 0.1]);
    expect([...(given?.ofPredicted ?? [])]).toEqual([0.7, 0.8]);
    expect(given?.squares?.[0]).toBeCloseTo(0.54, 12);
    const byLogits = probabilitiesOf(
      probabilities.map((p) => Math.log(p) + 5),
      [0, 1],
    );
    for (const name of ["ofLabel", "ofPredicted", "squares"] as const)
      for (const [row, value] of (given?.[name] ?? []).entries())
        expect(byLogits?.[name]?.[row]).toBeCloseTo(value, 12);
  });

  test("are kept for each class only where that is asked for", () => {
    const outputs = [0.5, 0.25, 0.25, 0.125, 0.125, 0.75];
    expect(probabilitiesOf(outputs, [0, 1])).not.toHaveProperty("ofEach");
    expect([...(probabilitiesOf(outputs, [0, 1], true)?.ofEach ?? [])]).toEqual(outputs);
  });

  test("do not overflow, however large they are", () => {
    const given = probabilitiesOf([1000, 999, -1000], [0]);
    expect(given?.ofLabel[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
  });

  test("of many parts are those of one", () => {
    const whole = collectorFor(shape, logits, { eachClass: true });
    const parts = collectorFor(shape, logits, { eachClass: true });
    const outputs = Float64Array.from({ length: 30 }, (_, index) => Math.sin(index * 7));
    const labels = Float64Array.from({ length: 10 }, (_, index) => index % 3);
    whole.add(labels, outputs);
    for (let row = 0; row < 10; row += 1)
      parts.add(labels.subarray(row, row + 1), outputs.subarray(row * 3, row * 3 + 3));
    expect(parts.scores()).toEqual(whole.scores());
  });
});

test("class indices that there are not are unusable", () => {
  const collected = collectorFor(shape, { givesLabels: true });
  expect(() => collected.add(Float64Array.of(0), Float64Array.of(3))).toThrow(UnusableModelError);
});

test("a regression's scores are what it says", () => {
  const collected = collectorFor({ task: "regression", features: 1, classes: undefined }, logits);
  collected.add(Float64Array.of(1, 2), Float64Array.of(1.5, 2.5));
  expect(collected.scores()).toEqual({
    task: "regression",
    rows: 2,
    labels: Float64Array.of(1, 2),
    predicted: Float64Array.of(1.5, 2.5),
  });
});
