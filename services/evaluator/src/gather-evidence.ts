import { createHash } from "node:crypto";
import {
  type AppliedDefinition,
  type ChampionPointer,
  digest,
  type EvaluateModel,
  rowReader,
} from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import { chooseHoldout, type HoldoutChoice, type HoldoutEpoch } from "./judge/holdout-epoch.ts";
import { metricsNeeded, type Policy } from "./judge/policy.ts";
import { allMetrics } from "./metrics/metric.ts";
import { readHoldout } from "./scoring/holdout-rows.ts";
import { type ModelShape, type OnnxModel, openModel, UnusableModelError } from "./scoring/onnx-model.ts";
import { faultOf, type ScoredModels, scoreModels } from "./scoring/score-models.ts";
import { admittedBatches, NoHoldoutError, readFile, readManifest, type Stores } from "./stores.ts";

/** The challenger's file is not where its run should have put it. */
export class MissingModelError extends PermanentError {
  override readonly name = "MissingModelError";
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The rows that are to judge. */
export interface Holdout {
  readonly candidates: readonly string[];
  readonly choice: HoldoutChoice;
  /** Only rows below this share of the split judge. */
  readonly share: number;
  /** The rows' identity: equal digests, equal rows. */
  readonly digest: string;
}

/**
 * Chooses the rows that judge: held-out rows of the batches that the challenger was trained on (of all admitted ones
 * where it does not say), below the smallest share held out of any batch that either model was trained on, so that no
 * copy of them has trained either.
 * @throws {NoHoldoutError} where there are none.
 */
export async function findHoldout(
  stores: Stores,
  { model, trainedOn }: Pick<EvaluateModel["data"], "model" | "trainedOn">,
  champion: ChampionPointer | undefined,
  epoch: HoldoutEpoch | undefined,
  now: Date,
  policy: Policy,
): Promise<Holdout> {
  const admitted = await admittedBatches(stores, model);
  const candidates = trainedOn.length > 0 ? trainedOn.filter((batch) => admitted.includes(batch)) : admitted;
  if (candidates.length === 0)
    throw new NoHoldoutError(
      `none of the batches that ${model} was trained on is admitted (${trainedOn.join(", ") || "none named"}), so no held-out row can judge it: drop data, or name the batches`,
    );
  const choice = chooseHoldout(epoch, candidates, now, policy);
  const trained = [...new Set([...candidates, ...(champion?.champion.trainedOn ?? [])])];
  const manifests = await Promise.all(
    trained.filter((batch) => admitted.includes(batch)).map((batch) => readManifest(stores, model, batch)),
  );
  const share = Math.min(...manifests.map(({ holdout }) => holdout));
  return { candidates, choice, share, digest: digest({ model, batches: [...choice.batches], share }) };
}

export interface ScoredChallenger extends ScoredModels {
  readonly model: Pick<OnnxModel, "signature">;
  readonly sha256: string;
  readonly bytes: number;
  /** Digest of the champion's file; undefined where it is not there. */
  readonly championSha256: string | undefined;
}

async function openChampion(
  bytes: Uint8Array | undefined,
  champion: ChampionPointer | undefined,
  shape: ModelShape,
): Promise<{ readonly model?: OnnxModel; readonly fault?: string }> {
  if (!champion) return {};
  const { container, path } = champion.champion.onnx;
  if (!bytes) return { fault: `${container}/${path} is gone` };
  try {
    return { model: await openModel(bytes, shape) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/**
 * Scores challenger and champion on the holdout.
 * @throws {MissingModelError}, {UnusableModelError} of the challenger, {NoHoldoutError} where no row is left to judge.
 */
export async function scoreChallenger(
  stores: Stores,
  { model, onnx }: Pick<EvaluateModel["data"], "model" | "onnx">,
  champion: ChampionPointer | undefined,
  holdout: Holdout,
  { definition }: AppliedDefinition,
  policy: Policy,
): Promise<ScoredChallenger> {
  const bytes = await readFile(stores, onnx);
  if (!bytes)
    throw new MissingModelError(`${onnx.container}/${onnx.path} is not there: the run has to write model.onnx`);
  const championBytes = champion && (await readFile(stores, champion.champion.onnx));
  const reader = rowReader(definition);
  const shape: ModelShape = { task: definition.task, features: reader.features.length, classes: reader.classes };
  const challenger = await openModel(bytes, shape).catch((error: unknown) => {
    if (error instanceof UnusableModelError)
      throw new UnusableModelError(`${onnx.container}/${onnx.path}: ${error.message}`);
    throw error;
  });
  const opened = await openChampion(championBytes, champion, shape);
  try {
    const rows = readHoldout(stores.container("batches"), {
      model,
      batches: holdout.choice.batches,
      definition,
      share: holdout.share,
      textColumns: policy.slices.map(({ column }) => column),
    });
    const wanted = { golden: definition.deploy.smoke, sliceColumns: policy.slices.map(({ column }) => column) };
    const scored = await scoreModels(rows, { challenger, champion: opened.model }, shape, wanted);
    if (scored.rows === 0)
      throw new NoHoldoutError(`the batches ${holdout.choice.batches.join(", ")} of ${model} have no held-out row`);
    const carried = allMetrics(scored.challenger);
    const missing = metricsNeeded(policy).filter((metric) => carried[metric] === undefined);
    if (missing.length > 0)
      throw new UnusableModelError(
        `${onnx.container}/${onnx.path} gives class indices only, and the gate needs ${missing.join(", ")}: let it give scores [N, ${shape.classes?.length ?? "C"}]`,
      );
    return {
      ...scored,
      champion: scored.champion ?? (opened.fault === undefined ? undefined : { fault: opened.fault }),
      model: challenger,
      sha256: sha256(bytes),
      bytes: bytes.byteLength,
      championSha256: championBytes && sha256(championBytes),
    };
  } finally {
    await Promise.all([challenger.release(), opened.model?.release()]);
  }
}
