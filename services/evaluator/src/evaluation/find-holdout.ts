import { type ChampionPointer, digest, type EvaluateModel } from "@ratchet/contracts";
import { chooseHoldout, type Limits } from "../judge/holdout-epoch.ts";
import { admittedBatches, NoHoldoutError, readHoldoutEpoch, readManifest, type Stores } from "../stores.ts";

/** The rows that are to judge. */
export interface Holdout {
  /** The admitted batches that the challenger was trained on. */
  readonly candidates: readonly string[];
  /** Those of them whose held-out rows judge. */
  readonly batches: readonly string[];
  /** Only rows below this share of the split judge. */
  readonly share: number;
  /** The rows' identity: equal digests, equal rows. */
  readonly digest: string;
}

/**
 * Chooses the rows that judge: held-out rows of the batches that the challenger was trained on (of all admitted ones
 * where it does not say), below the smallest share held out of any batch that either model was trained on, so that no
 * copy of them has trained either.
 * @throws {NoHoldoutError} when there are none.
 */
export async function findHoldout(
  stores: Stores,
  { model, trainedOn }: Pick<EvaluateModel["data"], "model" | "trainedOn">,
  pointer: ChampionPointer | undefined,
  limits: Limits,
  now: Date,
): Promise<Holdout> {
  const epoch = await readHoldoutEpoch(stores, model);
  const admitted = await admittedBatches(stores, model);
  const candidates = trainedOn.length > 0 ? trainedOn.filter((batch) => admitted.includes(batch)) : admitted;
  if (candidates.length === 0)
    throw new NoHoldoutError(
      `none of the batches that ${model} was trained on is admitted (${trainedOn.join(", ") || "none named"}), so no held-out row can judge it: drop data, or name the batches`,
    );
  const { batches } = chooseHoldout(epoch, candidates, limits, now);
  const trained = [...new Set([...candidates, ...(pointer?.champion.trainedOn ?? [])])];
  const manifests = await Promise.all(
    trained.filter((batch) => admitted.includes(batch)).map((batch) => readManifest(stores, model, batch)),
  );
  const share = Math.min(...manifests.map(({ holdout }) => holdout));
  return { candidates, batches, share, digest: digest({ model, batches: [...batches], share }) };
}
