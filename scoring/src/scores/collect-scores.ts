import type { ClassifierScores, RegressionScores, Scores } from "@ratchet/gate";
import type { ModelFace, ModelShape } from "../models/model.ts";
import { UnusableModelError } from "../models/unusable-model.ts";

/** What a model said of some rows, and how far off it was. */
export interface SaidOfRows {
  /** The class index, or the value. */
  readonly said: Float64Array;
  /** The negative logarithm of the label's probability, or 1 where only classes are said and it is another; the squared error. */
  readonly losses: Float64Array;
}

/** Gathers what a model says, row by row, as metrics need it. */
export interface ScoreCollector {
  add(labels: Float64Array, outputs: Float64Array): SaidOfRows;
  scores(): Scores;
}

/** Parts, one after the other, in a list that is made for them. */
function join<List extends Float64Array | Float32Array>(parts: readonly List[], make: (size: number) => List): List {
  const all = make(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

const flatten = (parts: readonly Float64Array[]): Float64Array => join(parts, (size) => new Float64Array(size));

function regressionCollector(): ScoreCollector {
  const labels: Float64Array[] = [];
  const predicted: Float64Array[] = [];
  return {
    add(some, outputs) {
      labels.push(some);
      predicted.push(outputs);
      return { said: outputs, losses: outputs.map((value, row) => (value - (some[row] ?? 0)) ** 2) };
    },
    scores: (): RegressionScores => {
      const all = flatten(labels);
      return { task: "regression", rows: all.length, labels: all, predicted: flatten(predicted) };
    },
  };
}

/** What was collected, part by part, as one. */
function classifierScores(
  classes: number,
  labels: readonly Float64Array[],
  predicted: readonly Float64Array[],
  probabilities: ClassifierScores["probabilities"],
): ClassifierScores {
  const all = Int32Array.from(flatten(labels));
  return {
    task: "classification",
    rows: all.length,
    classes,
    labels: all,
    predicted: Int32Array.from(flatten(predicted)),
    probabilities,
  };
}

function labelCollector(classes: number): ScoreCollector {
  const labels: Float64Array[] = [];
  const predicted: Float64Array[] = [];
  return {
    add(some, outputs) {
      const unknown = outputs.find((value) => value < 0 || value >= classes);
      if (unknown !== undefined)
        throw new UnusableModelError(`it predicts the class ${unknown}; there are classes 0 to ${classes - 1}`);
      labels.push(some);
      predicted.push(outputs);
      return { said: outputs, losses: outputs.map((value, row) => (value === some[row] ? 0 : 1)) };
    },
    scores: () => classifierScores(classes, labels, predicted, undefined),
  };
}

/** Whether rows of scores are probabilities already: none negative, each row summing to 1. */
function areProbabilities(outputs: Float64Array, classes: number): boolean {
  for (let start = 0; start < outputs.length; start += classes) {
    const row = outputs.subarray(start, start + classes);
    if (row.some((score) => score < 0)) return false;
    if (Math.abs(row.reduce((sum, score) => sum + score, 0) - 1) > 1e-3) return false;
  }
  return true;
}

/** Where the largest score is; the first of equals. */
function likeliest(row: Float64Array): number {
  let best = 0;
  for (const [index, score] of row.entries()) if (score > (row[best] ?? score)) best = index;
  return best;
}

/** The probabilities by softmax, kept from overflow by the largest score. */
function softmax(row: Float64Array, top: number): Float64Array {
  const largest = row[top] ?? 0;
  const weights = row.map((score) => Math.exp(score - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** What is kept of a model beside what all metrics need. */
export interface Kept {
  /** Whether the probability of each class is, in single precision: rows × classes of them. */
  readonly eachClass?: boolean;
}

function scoreCollector(classes: number, { eachClass = false }: Kept): ScoreCollector {
  const labels: Float64Array[] = [];
  const predicted: Float64Array[] = [];
  const ofLabel: Float64Array[] = [];
  const ofPredicted: Float64Array[] = [];
  const squares: Float64Array[] = [];
  const ofEach: Float32Array[] = [];
  // Decided by the first rows and kept: a row of logits may sum to 1 by chance.
  let normalised: boolean | undefined;
  return {
    add(some, outputs) {
      normalised ??= areProbabilities(outputs, classes);
      const top = new Float64Array(some.length);
      const label = new Float64Array(some.length);
      const best = new Float64Array(some.length);
      const squared = new Float64Array(some.length);
      const each = new Float32Array(eachClass ? outputs.length : 0);
      for (const [index, truth] of some.entries()) {
        const row = outputs.subarray(index * classes, (index + 1) * classes);
        const choice = likeliest(row);
        const probabilities = normalised ? row : softmax(row, choice);
        top[index] = choice;
        label[index] = probabilities[truth] ?? 0;
        best[index] = probabilities[choice] ?? 0;
        squared[index] = probabilities.reduce((sum, one) => sum + one * one, 0);
        if (eachClass) each.set(probabilities, index * classes);
      }
      labels.push(some);
      predicted.push(top);
      ofLabel.push(label);
      ofPredicted.push(best);
      squares.push(squared);
      ofEach.push(each);
      return { said: top, losses: label.map((probability) => -Math.log(Math.max(probability, Number.MIN_VALUE))) };
    },
    scores: () =>
      classifierScores(classes, labels, predicted, {
        ofLabel: flatten(ofLabel),
        ofPredicted: flatten(ofPredicted),
        squares: flatten(squares),
        ...(eachClass ? { ofEach: join(ofEach, (size) => new Float32Array(size)) } : {}),
      }),
  };
}

/** The collector for what a model gives. */
export function collectorFor(
  { task, classes = [] }: ModelShape,
  model: Pick<ModelFace, "givesLabels">,
  kept: Kept = {},
): ScoreCollector {
  if (task === "regression") return regressionCollector();
  return model.givesLabels ? labelCollector(classes.length) : scoreCollector(classes.length, kept);
}
