import {
  type ChampionOnBatch,
  type ChampionPointer,
  type ChampionScore,
  rowReader,
  type ScoreBatch,
  takeInDrop,
} from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { readAdmissions, readChampion, readDefinition } from "@ratchet/state";
import { keptApart } from "../evaluation/kept-apart.ts";
import type { Evaluator } from "../evaluator.ts";
import type { PositionOf } from "../judge/holdout-epoch.ts";
import { openChampion } from "../scoring/score-challenger.ts";
import { faultOf } from "../scoring/score-models.ts";
import { readFile, type Stores, sha256Of } from "../stores.ts";
import { mostRows, referenceScore } from "./reference-score.ts";
import { scoreRows } from "./rows-score.ts";
import { unseenRows } from "./unseen-rows.ts";

/** Where batches stand in the log: asked only for a champion that does not say what its data was. */
async function positionsFor(stores: Stores, model: string, champion: ChampionPointer["champion"]): Promise<PositionOf> {
  if (champion.dataset || champion.trainedOn.length === 0) return () => undefined;
  const positions = new Map((await readAdmissions(stores, model)).all.map(({ batch, position }) => [batch, position]));
  return (batch) => positions.get(batch);
}

/** The champion on a batch and on others, or why that cannot be said. */
async function scoreOf(
  { stores, openModel }: Pick<Evaluator, "stores" | "openModel">,
  { model, batch }: ScoreBatch["data"],
  pointer: ChampionPointer,
): Promise<Pick<ChampionOnBatch, "score" | "leftOut">> {
  const { definition } = await readDefinition(stores, model);
  const { champion } = pointer;
  const reader = rowReader(definition);
  const shape = { task: definition.task, features: reader.features.length, classes: reader.classes };
  const bytes = await readFile(stores, champion.onnx);
  const { model: onnx, fault } = await openChampion({ openModel }, bytes, pointer, shape);
  if (!bytes || !onnx) return { leftOut: fault ?? "its file is gone" };
  try {
    const by = definition.data.time === undefined ? "hash" : "time";
    const positionOf = await positionsFor(stores, model, champion);
    const { after, notBefore } = await keptApart(stores, [{ model, ...champion }], by, positionOf);
    const unseen = { stores, model, definition, notBefore };
    const ofBatch = await scoreRows(onnx, shape, unseenRows(unseen, batch), mostRows);
    if (!ofBatch) return { leftOut: "it was trained on rows as new as all of the batch's" };
    const others = await referenceScore(unseen, { sha256: sha256Of(bytes), onnx, shape, after });
    if (!others) return { leftOut: "there are no other rows that it was not trained on" };
    return { score: { batch: ofBatch, others } as ChampionScore };
  } finally {
    await onnx.release();
  }
}

/**
 * Says what the champion makes of a batch that is not admitted yet: how often it is right on rows of the batch that it was not
 * trained on, and on such rows of others. The answer goes to whoever takes in the drop. Where there is none, it says why.
 * @throws {UnknownModelError} when the model is not applied.
 */
export async function sayChampionOnBatch(
  evaluator: Evaluator,
  { data }: ScoreBatch,
  { outbox, log }: Delivery,
): Promise<void> {
  const { model, batch, file, etag } = data;
  const pointer = await readChampion(evaluator.stores, model);
  const said = pointer
    ? await scoreOf(evaluator, data, pointer).catch((error: unknown) => ({ leftOut: faultOf(error) }))
    : { leftOut: "there is no champion" };
  const championOnBatch = { ...(pointer ? { champion: pointer.champion.version } : {}), ...said };
  await outbox.send(takeInDrop, { model, file, etag, championOnBatch });
  log.info(`asked the champion of ${model} about batch ${batch}`, championOnBatch);
}
