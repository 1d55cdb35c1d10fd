import {
  askedRowsOf,
  type Challenge,
  type ChampionPointer,
  type Definition,
  type GoldenPredictions,
  rowReader,
  type Signature,
  type VerdictDetails,
} from "@ratchet/contracts";
import { allMetrics, type Costs, metricsNeeded, sliceColumns } from "@ratchet/gate";
import { PermanentError } from "@ratchet/messaging";
import {
  detailsOfScored,
  faultOf,
  type ModelShape,
  measureCosts,
  type ScoredApart,
  type ScoredModels,
  type ScoringLimits,
  scoreModels,
  UnusableModelError,
} from "@ratchet/scoring";
import type { Evaluator } from "../evaluator.ts";
import type { Policy } from "../judge/policy.ts";
import { NoHoldoutError, readFile, sha256Of } from "../stores.ts";
import { type HoldoutRequest, readHoldout } from "./holdout-rows.ts";

/** The challenger's file is not where its run should have put it. */
export class MissingModelError extends PermanentError {
  override readonly name = "MissingModelError";
}

/** What both models said of the rows that judge, and what else a verdict keeps of the challenger. */
export interface ScoredChallenger extends ScoredModels {
  readonly golden: GoldenPredictions;
  readonly signature: Signature;
  readonly details: VerdictDetails;
  /** What both cost beside their quality; undefined where nothing of it is limited. */
  readonly costs: Costs | undefined;
}

/** A challenger that does not take or give what its task asks for, or fails on the rows. */
interface UnusableChallenger {
  /** What is wrong with it, and what it must look like. */
  readonly unusable: string;
}

/** The files that were to be compared, and what came of it. */
export interface Scoring {
  /** Digest and size of the challenger's file. */
  readonly sha256: string;
  readonly bytes: number;
  /** Digest of the champion's file; undefined where it is not there. */
  readonly championSha256: string | undefined;
  readonly scored: ScoredChallenger | UnusableChallenger;
}

/** Opens the champion's file; where it cannot be scored, why. */
export async function openChampion(
  { openModel }: Pick<Evaluator, "openModel">,
  bytes: Uint8Array | undefined,
  pointer: ChampionPointer | undefined,
  shape: ModelShape,
  limits: ScoringLimits,
): Promise<{ readonly model?: ScoredApart; readonly fault?: string }> {
  if (!pointer) return {};
  const { container, path, sha256 } = pointer.champion.onnx;
  if (!bytes) return { fault: `${container}/${path} is gone` };
  // Whoever may write where runs write could make the champion worse, and have anything be better than it.
  if (sha256 !== undefined && sha256 !== sha256Of(bytes))
    return {
      fault: `${container}/${path} is another file than the one that serves; put that back, it is in its package`,
    };
  try {
    return { model: await openModel(bytes, shape, limits) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** What scoring needs of an evaluator. */
export type Scorer = Pick<Evaluator, "stores" | "openModel" | "raceModels">;

/** What is there to be compared, and by what. */
interface Pairing {
  readonly challenger: Uint8Array;
  readonly champion: Uint8Array | undefined;
  readonly pointer: ChampionPointer | undefined;
  readonly holdout: Pick<HoldoutRequest, "model" | "batches">;
  readonly definition: Definition;
  readonly policy: Policy;
}

/**
 * @throws {UnusableModelError} when the challenger does not take or give what its task asks for.
 * @throws {UnreadableRowsError} when the held-out rows no longer fit the definition.
 * @throws {NoHoldoutError} when no row is left to judge.
 */
async function scorePair(
  { stores, openModel, raceModels }: Scorer,
  { challenger, champion, pointer, holdout, definition, policy }: Pairing,
): Promise<ScoredChallenger> {
  const reader = rowReader(definition);
  const shape: ModelShape = { task: definition.task, features: reader.features.length, classes: reader.classes };
  const limits = definition.gate.scoring;
  const model = await openModel(challenger, shape, limits);
  let opened: Awaited<ReturnType<typeof openChampion>> = {};
  try {
    opened = await openChampion({ openModel }, champion, pointer, shape, limits);
    const textColumns = sliceColumns(policy);
    const rows = readHoldout(stores, { ...holdout, definition, textColumns });
    const eachClass = metricsNeeded(policy).some((metric) => metric === "auc") && (reader.classes?.length ?? 0) > 2;
    const wanted = { golden: definition.deploy.smoke, sliceColumns: textColumns, eachClass };
    const { golden, ...scored } = await scoreModels(rows, { challenger: model, champion: opened.model }, shape, wanted);
    if (!golden) throw new NoHoldoutError(`the batches of ${holdout.model} have lost their held-out rows`);
    const carried = allMetrics(scored.challenger, metricsNeeded(policy), policy.parameters);
    const missing = metricsNeeded(policy).filter((metric) => carried[metric] === undefined);
    if (missing.length > 0)
      throw new UnusableModelError(
        `it gives class indices only, and the gate needs ${missing.join(", ")}: let it give scores [N, ${shape.classes?.length ?? "C"}]`,
      );
    const other = scored.champion && "scores" in scored.champion ? opened.model : undefined;
    const costs = await measureCosts({
      challenger: { onnx: challenger, model },
      champion: champion && other ? { onnx: champion, model: other } : undefined,
      shape,
      // An empty field is null.
      features: Float32Array.from(golden.rows.flat(), (value) => value ?? Number.NaN),
      scoring: limits,
      limits: policy.limits,
      race: raceModels,
    });
    return {
      ...scored,
      costs,
      champion: scored.champion ?? (opened.fault === undefined ? undefined : { fault: opened.fault }),
      golden,
      details: detailsOfScored(scored, reader),
      signature: { ...model.signature, rows: askedRowsOf(definition) },
    };
  } finally {
    await Promise.all([model.release(), opened.model?.release()]);
  }
}

/**
 * Scores challenger and champion on the rows that are to judge. What is wrong with either model is told, and is no error.
 * @throws {MissingModelError} when the challenger's file is not there.
 * @throws {UnreadableRowsError} when the held-out rows no longer fit the definition.
 * @throws {NoHoldoutError} when no row is left to judge.
 */
export async function scoreChallenger(
  evaluator: Scorer,
  { model, onnx }: Pick<Challenge, "model" | "onnx">,
  pointer: ChampionPointer | undefined,
  { batches }: Pick<HoldoutRequest, "batches">,
  definition: Definition,
  policy: Policy,
): Promise<Scoring> {
  const { stores } = evaluator;
  const where = `${onnx.container}/${onnx.path}`;
  const challenger = await readFile(stores, onnx);
  if (!challenger) throw new MissingModelError(`${where} is not there: the run has to write model.onnx`);
  const champion = pointer && (await readFile(stores, pointer.champion.onnx));
  const pairing = { challenger, champion, pointer, holdout: { model, batches }, definition, policy };
  const scored = await scorePair(evaluator, pairing).catch((error: unknown) => {
    if (error instanceof UnusableModelError) return { unusable: `${where}: ${error.message}` };
    throw error;
  });
  return {
    sha256: sha256Of(challenger),
    bytes: challenger.byteLength,
    championSha256: champion && sha256Of(champion),
    scored,
  };
}
