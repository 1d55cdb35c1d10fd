import type { Answers, Losses, RowsScore } from "@ratchet/contracts";
import { collectorFor } from "../scoring/collect-scores.ts";
import type { HoldoutRows } from "../scoring/holdout-rows.ts";
import type { ModelShape, OnnxModel } from "../scoring/onnx-model.ts";

function lossesOf(errors: readonly number[]): Losses {
  const rows = errors.length;
  const mean = errors.reduce((sum, error) => sum + error, 0) / rows;
  return { rows, mean, variance: errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / rows };
}

const isAnswers = (score: RowsScore): score is Answers => "right" in score;

/** How good a model is on some rows and on others together. They are of the same task. */
export function joinScores(one: RowsScore | undefined, other: RowsScore): RowsScore {
  if (one === undefined) return other;
  if (isAnswers(one))
    return isAnswers(other) ? { right: one.right + other.right, wrong: one.wrong + other.wrong } : other;
  if (isAnswers(other)) return other;
  const rows = one.rows + other.rows;
  const apart = other.mean - one.mean;
  const squares = one.variance * one.rows + other.variance * other.rows + (apart ** 2 * one.rows * other.rows) / rows;
  return { rows, mean: one.mean + (apart * other.rows) / rows, variance: squares / rows };
}

export const rowsIn = (score: RowsScore | undefined): number => {
  if (score === undefined) return 0;
  return isAnswers(score) ? score.right + score.wrong : score.rows;
};

async function scorePart(model: OnnxModel, shape: ModelShape, part: HoldoutRows): Promise<RowsScore> {
  const collected = collectorFor(shape, model);
  collected.add(part.labels, await model.run(part.features, part.count));
  const scores = collected.scores();
  const labels: readonly number[] = [...scores.labels];
  if (scores.task === "regression")
    return lossesOf(labels.map((label, row) => (label - (scores.predicted[row] ?? Number.NaN)) ** 2));
  const right = labels.filter((label, row) => label === scores.predicted[row]).length;
  return { right, wrong: labels.length - right };
}

/**
 * How good a model is on rows; after `most` of them no more are read.
 * @returns undefined where there are none.
 * @throws {UnusableModelError} when it fails on them.
 */
export async function scoreRows(
  model: OnnxModel,
  shape: ModelShape,
  rows: AsyncIterable<HoldoutRows>,
  most: number,
): Promise<RowsScore | undefined> {
  let score: RowsScore | undefined;
  for await (const part of rows) {
    score = joinScores(score, await scorePart(model, shape, part));
    if (rowsIn(score) >= most) break;
  }
  return score;
}
