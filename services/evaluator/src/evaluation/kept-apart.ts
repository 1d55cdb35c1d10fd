import type { DatasetRef } from "@ratchet/contracts";
import { readDataset } from "@ratchet/state";
import type { PositionOf } from "../judge/holdout-epoch.ts";
import type { Stores } from "../stores.ts";

/** What is said of a model's training. */
export interface TrainedModel {
  readonly model: string;
  readonly dataset?: DatasetRef | undefined;
  readonly trainedOn: readonly string[];
}

/** What keeps the rows that judge apart from those that trained. */
export interface KeptApart {
  /** Only rows judge that were first admitted after this position. */
  readonly after: number | undefined;
  /** By time: only rows judge from then on, in milliseconds since 1970. */
  readonly notBefore: number | undefined;
}

/** By what the data of a model was split, and up to where it had what was admitted, as far as it is known. */
async function trainingOf(stores: Stores, { model, dataset, trainedOn }: TrainedModel, positionOf: PositionOf) {
  if (dataset) {
    const { boundary } = await readDataset(stores, model, dataset);
    return { boundary, through: dataset.through };
  }
  const positions = trainedOn.flatMap((batch) => positionOf(batch) ?? []);
  return { boundary: undefined, through: positions.length === 0 ? undefined : Math.max(...positions) };
}

const latest = (numbers: readonly (number | undefined)[]): number | undefined =>
  numbers.reduce((most, one) => (most === undefined || (one !== undefined && one > most) ? one : most), undefined);

/**
 * Which rows trained none of some models, beside those that never train. By hash that is all that are held out. By time each
 * model was trained on what was older than its boundary; and a model whose data was split in another way than now is judged
 * only by what was admitted after it was trained.
 * @throws {MissingDatasetError} when it is not there what a model was trained on.
 */
export async function keptApart(
  stores: Stores,
  models: readonly TrainedModel[],
  by: "hash" | "time",
  positionOf: PositionOf,
): Promise<KeptApart> {
  const trainings = await Promise.all(models.map((one) => trainingOf(stores, one, positionOf)));
  const otherwise = trainings.filter(({ boundary }) => (boundary === undefined) === (by === "time"));
  return {
    after: latest(otherwise.map(({ through }) => through)),
    notBefore: by === "time" ? latest(trainings.map(({ boundary }) => boundary)) : undefined,
  };
}
