import { createHash } from "node:crypto";
import {
  type ChampionPointer,
  type Definition,
  type EvaluateModel,
  type GoldenPredictions,
  rowReader,
  type Signature,
} from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import type { Evaluator } from "../evaluator.ts";
import { metricsNeeded, type Policy } from "../judge/policy.ts";
import { allMetrics } from "../metrics/metric.ts";
import { NoHoldoutError, readFile } from "../stores.ts";
import { type HoldoutRequest, readHoldout } from "./holdout-rows.ts";
import { type ModelShape, type OnnxModel, UnusableModelError } from "./onnx-model.ts";
import { faultOf, type ScoredModels, scoreModels } from "./score-models.ts";

/** The challenger's file is not where its run should have put it. */
export class MissingModelError extends PermanentError {
  override readonly name = "MissingModelError";
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What both models said of the rows that judge, and what else a verdict keeps of the challenger. */
export interface ScoredChallenger extends ScoredModels {
  readonly golden: GoldenPredictions;
  readonly signature: Signature;
  /** Digest and size of the challenger's file. */
  readonly sha256: string;
  readonly bytes: number;
  /** Digest of the champion's file; undefined where it is not there. */
  readonly championSha256: string | undefined;
}

async function openChampion(
  { openModel }: Pick<Evaluator, "openModel">,
  bytes: Uint8Array | undefined,
  pointer: ChampionPointer | undefined,
  shape: ModelShape,
): Promise<{ readonly model?: OnnxModel; readonly fault?: string }> {
  if (!pointer) return {};
  const { container, path } = pointer.champion.onnx;
  if (!bytes) return { fault: `${container}/${path} is gone` };
  try {
    return { model: await openModel(bytes, shape) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/**
 * Scores challenger and champion on the rows that are to judge. What is wrong with the champion is told beside the
 * challenger's scores.
 * @throws {MissingModelError} when the challenger's file is not there.
 * @throws {UnusableModelError} when the challenger does not take or give what its task asks for.
 * @throws {UnreadableHoldoutError} when the held-out rows no longer fit the definition.
 * @throws {NoHoldoutError} when no row is left to judge.
 */
export async function scoreChallenger(
  { stores, openModel }: Evaluator,
  { model, onnx }: Pick<EvaluateModel["data"], "model" | "onnx">,
  pointer: ChampionPointer | undefined,
  { batches, share }: Pick<HoldoutRequest, "batches" | "share">,
  definition: Definition,
  policy: Policy,
): Promise<ScoredChallenger> {
  const bytes = await readFile(stores, onnx);
  if (!bytes)
    throw new MissingModelError(`${onnx.container}/${onnx.path} is not there: the run has to write model.onnx`);
  const championBytes = pointer && (await readFile(stores, pointer.champion.onnx));
  const reader = rowReader(definition);
  const shape: ModelShape = { task: definition.task, features: reader.features.length, classes: reader.classes };
  const challenger = await openModel(bytes, shape).catch((error: unknown) => {
    if (error instanceof UnusableModelError)
      throw new UnusableModelError(`${onnx.container}/${onnx.path}: ${error.message}`);
    throw error;
  });
  const opened = await openChampion({ openModel }, championBytes, pointer, shape);
  try {
    const textColumns = policy.slices.map(({ column }) => column);
    const rows = readHoldout(stores, { model, batches, definition, share, textColumns });
    const wanted = { golden: definition.deploy.smoke, sliceColumns: textColumns };
    const { golden, ...scored } = await scoreModels(rows, { challenger, champion: opened.model }, shape, wanted);
    if (!golden) throw new NoHoldoutError(`the batches ${batches.join(", ")} of ${model} have no held-out row`);
    const carried = allMetrics(scored.challenger);
    const missing = metricsNeeded(policy).filter((metric) => carried[metric] === undefined);
    if (missing.length > 0)
      throw new UnusableModelError(
        `${onnx.container}/${onnx.path} gives class indices only, and the gate needs ${missing.join(", ")}: let it give scores [N, ${shape.classes?.length ?? "C"}]`,
      );
    return {
      ...scored,
      champion: scored.champion ?? (opened.fault === undefined ? undefined : { fault: opened.fault }),
      golden,
      signature: challenger.signature,
      sha256: sha256(bytes),
      bytes: bytes.byteLength,
      championSha256: championBytes && sha256(championBytes),
    };
  } finally {
    await Promise.all([challenger.release(), opened.model?.release()]);
  }
}
