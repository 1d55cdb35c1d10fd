import type { OnnxModel } from "../models/model.ts";
import { openModel } from "../models/onnx-model.ts";
import type { Race } from "../process/messages.ts";

/** So many times each model is timed, a few rows each: a median of so few is known to some places by the sign test. */
const blocks = 21;
/** So many rows in a block, or fewer where they take long. */
const [mostInBlock, fewestInBlock] = [200, 5];
/** What all of it should take, in milliseconds, and at most a part of what scoring may: nobody is refused for being timed at length. */
const [usualBudget, shareOfTime] = [6_000, 0.25];

/**
 * How many rows a block has.
 * @param each what a row takes, in milliseconds.
 * @param time what the process may take in all, in milliseconds.
 */
export function rowsInBlock(each: number, models: number, time: number): number {
  const affordable = Math.floor(Math.min(usualBudget, time * shareOfTime) / (blocks * models * each));
  return Math.min(mostInBlock, Math.max(fewestInBlock, affordable));
}

const percentile95 = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.ceil(0.95 * times.length) - 1] ?? Number.NaN;

/** One row after the other. */
async function timeRows(model: OnnxModel, { features, rows, shape }: Race, from: number, count: number) {
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const row = (from + at) % rows;
    const one = features.slice(row * shape.features, (row + 1) * shape.features);
    const begun = performance.now();
    await model.run(one, 1);
    times.push(performance.now() - begun);
  }
  return times;
}

/**
 * Times models in turns, which of them is first being another in each block.
 * @returns of each model, the 95th percentile of a row's time in each block, in milliseconds.
 * @throws {UnusableModelError} when a model cannot be opened or run.
 */
export async function race(asked: Race): Promise<readonly (readonly number[])[]> {
  const models = await Promise.all(asked.models.map((onnx) => openModel(onnx, asked.shape)));
  const warm: number[] = [];
  for (const model of models) warm.push(...(await timeRows(model, asked, 0, fewestInBlock)));
  const each = warm.reduce((sum, time) => sum + time, 0) / warm.length;
  const size = rowsInBlock(each, models.length, asked.time);
  const found = models.map((): number[] => []);
  for (let block = 0; block < blocks; block += 1)
    for (let turn = 0; turn < models.length; turn += 1) {
      const index = (block + turn) % models.length;
      const model = models[index];
      if (model) found[index]?.push(percentile95(await timeRows(model, asked, block * size, size)));
    }
  return found;
}
