import { type ChampionPointer, type Definition, digest } from "@ratchet/contracts";
import { admittedData, indexPages, type Judging, planDataset, ruleOf } from "@ratchet/datasets";
import { boundsOf, chooseHoldout, endOf, type HeldOut, type Limits, type PositionOf } from "../judge/holdout-epoch.ts";
import type { JudgingBatch } from "../scoring/holdout-rows.ts";
import { NoHoldoutError, readHoldoutEpoch, type Stores } from "../stores.ts";
import { keptApart, type TrainedModel } from "./kept-apart.ts";

/** The rows that are to judge. */
export interface Holdout {
  /** The batches that have such rows, in the order of admission. */
  readonly batches: readonly JudgingBatch[];
  /** What is held out, whether it judges in this epoch or not. */
  readonly held: HeldOut;
  /** After which position the rows that judge were first admitted; all were where it is undefined. */
  readonly after: number | undefined;
  readonly positionOf: PositionOf;
  /** The rows' identity: equal digests, equal rows. */
  readonly digest: string;
}

/** What is to be judged, and by what. */
export interface Asking {
  readonly challenge: TrainedModel;
  readonly champion: ChampionPointer["champion"] | undefined;
  readonly definition: Pick<Definition, "task" | "data">;
  readonly limits: Limits;
  /** When it was asked: what was admitted later does not judge, so that half-done work goes on by the same rows. */
  readonly askedAt: Date;
  readonly now: Date;
}

/**
 * Chooses the rows that judge: of all that was admitted until it was asked, those that are held out by the plan that also says
 * what trains, and that were first admitted in the present epoch of the holdout.
 * @throws {NoHoldoutError} when there are none.
 * @throws {MissingDatasetError} when it is not there what a model was trained on.
 * @throws {MissingBatchError} when a file of a batch is not there.
 * @throws {UnreadableRowsError} when the schema does not fit a row; it names batch, line and column.
 * @throws {RowIndexError} when an index of rows is damaged.
 */
export async function findHoldout(
  stores: Stores,
  { challenge, champion, definition, limits, askedAt, now }: Asking,
): Promise<Holdout> {
  const { model } = challenge;
  const epoch = await readHoldoutEpoch(stores, model);
  const wanted = { by: askedAt, through: challenge.dataset?.through };
  const { pages, through } = await admittedData(stores, model, wanted);
  const batches = pages.flatMap((page) => page.batches);
  if (!batches.some(({ active }) => active))
    throw new NoHoldoutError(`no batch of ${model} is admitted, so no held-out row can judge it: drop data`);
  const positions = new Map(batches.map(({ batch, position }) => [batch, position]));
  const positionOf: PositionOf = (batch) => positions.get(batch);
  const rule = ruleOf(definition);
  const trained = [challenge, ...(champion ? [{ model, ...champion }] : [])];
  const apart = await keptApart(stores, trained, rule.by, positionOf);
  const indexes = await indexPages({ stores, model, definition }, pages);

  const planAfter = (after: number | undefined) => {
    const judging: Judging = {
      notBefore: apart.notBefore,
      mayBegin: (batch) => (batches[batch]?.position ?? 0) > Math.max(after ?? -1, apart.after ?? -1),
    };
    return planDataset(indexes, rule, judging);
  };

  const isOver = epoch && endOf(epoch, limits, now) !== undefined;
  const bounds = epoch && boundsOf(epoch, positionOf);
  const expected = isOver ? bounds?.through : bounds?.after;
  let plan = await planAfter(expected);
  const newest = plan.lastToBegin === undefined ? undefined : batches[plan.lastToBegin]?.position;
  const held: HeldOut = { through, newest };
  const { after } = chooseHoldout(epoch, held, positionOf, limits, now);
  if (after !== expected) plan = await planAfter(after);

  const judging = plan.batches.flatMap(({ holdout: taken }, number) => {
    const batch = batches[number];
    return batch && taken.rows > 0 ? [{ batch, taken }] : [];
  });
  if (judging.length === 0)
    throw new NoHoldoutError(
      `no row of ${model}'s ${batches.length === 1 ? "batch" : `${batches.length} batches`} is held out to judge by: drop more data`,
    );
  const rows = judging.map(({ batch: { batch }, taken }) => [batch, taken.digest]);
  return {
    batches: judging,
    held,
    after,
    positionOf,
    digest: digest({ model, rows }),
  };
}
