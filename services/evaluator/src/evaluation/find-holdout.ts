import { type ChampionPointer, digest } from "@ratchet/contracts";
import type { StandingBatch } from "@ratchet/state";
import { chooseHoldout, type Limits } from "../judge/holdout-epoch.ts";
import {
  admittedBatches,
  batchesOf,
  NoHoldoutError,
  readHoldoutEpoch,
  readManifest,
  type Stores,
  type TrainedModel,
} from "../stores.ts";
import { type AskedBetween, candidatesOf } from "./candidates.ts";

/** The rows that are to judge. */
export interface Holdout {
  /** The admitted batches whose held-out rows may judge the challenger. */
  readonly candidates: readonly string[];
  /** Those of them whose held-out rows judge. */
  readonly batches: readonly string[];
  /** Batches of former epochs: their rows, and copies of them, judge no more. */
  readonly judged: readonly string[];
  /** Only rows below this share of the split judge. */
  readonly share: number;
  /** The rows' identity: equal digests, equal rows. */
  readonly digest: string;
}

/** The share of a batch that was held out: its manifest says so where the log does not. */
const shareOf = async (stores: Stores, model: string, { batch, holdout }: StandingBatch): Promise<number> =>
  holdout ?? (await readManifest(stores, model, batch)).holdout;

const mostNamed = 10;

const inWords = (batches: readonly string[]): string => {
  if (batches.length === 0) return "none named";
  const more = batches.length - mostNamed;
  return `${batches.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} others` : ""}`;
};

/**
 * Chooses the rows that judge: held-out rows of the candidate batches, below the smallest share held out of any of them and of
 * any batch that the champion was trained on, so that no copy of them has trained either model.
 * @throws {NoHoldoutError} when there are none.
 * @throws {MissingDatasetError} when it is not there what a model was trained on.
 */
export async function findHoldout(
  stores: Stores,
  challenge: TrainedModel,
  asked: AskedBetween,
  pointer: ChampionPointer | undefined,
  limits: Limits,
  now: Date,
): Promise<Holdout> {
  const { model } = challenge;
  const trainedOn = await batchesOf(stores, challenge);
  const epoch = await readHoldoutEpoch(stores, model);
  const admitted = await admittedBatches(stores, model);
  const candidates = candidatesOf(trainedOn, admitted, asked);
  if (candidates.length === 0)
    throw new NoHoldoutError(
      `none of the batches that ${model} was trained on is admitted (${inWords(trainedOn)}), so no held-out row can judge it: drop data, or name the batches`,
    );
  const { batches } = chooseHoldout(epoch, candidates, limits, now);
  const trainedBefore = pointer ? await batchesOf(stores, { model, ...pointer.champion }) : [];
  const trained = [...new Set([...candidates, ...trainedBefore])];
  const of = new Map(admitted.map((one) => [one.batch, one]));
  const shares = trained.flatMap((batch) => of.get(batch) ?? []).map((batch) => shareOf(stores, model, batch));
  const share = Math.min(...(await Promise.all(shares)));
  const judged = (epoch?.retired ?? []).filter((batch) => !batches.includes(batch));
  const rows = { model, batches: [...batches], share, ...(judged.length > 0 ? { judged } : {}) };
  return { candidates, batches, judged, share, digest: digest(rows) };
}
