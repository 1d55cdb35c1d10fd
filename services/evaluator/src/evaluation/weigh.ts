import { type Weighing, weighAlone, weighPair } from "@ratchet/gate";
import { attemptOf, type HoldoutUse } from "../judge/holdout-epoch.ts";
import { holdsBefore } from "../judge/judge.ts";
import { moveHoldoutEpoch, readHoldoutEpoch, type Stores } from "../stores.ts";
import type { WeighableQuestion } from "./ask.ts";

/** What the scores say, and what it has cost. */
export interface Weighed {
  readonly weighing: Weighing;
  /** What the holdout may be used for; undefined where nothing had to be compared. */
  readonly use: HoldoutUse | undefined;
  /** Which use of the holdout's budget this is, from 1; 0 where it spends none. */
  readonly attempt: number;
  /** The holdout's epoch, from 1; 0 where none has begun. */
  readonly epoch: number;
}

/** Uses the holdout once for this comparison; what was compared before costs nothing. */
async function useHoldout(
  stores: Stores,
  { challenge: { model, version }, holdout, key, policy }: WeighableQuestion,
  now: Date,
): Promise<Pick<Weighed, "attempt" | "epoch"> & { readonly use: HoldoutUse }> {
  const { held, after: scoredAfter, positionOf } = holdout;
  const asked = { model, version, key, held, scoredAfter, positionOf, now, limits: policy };
  const { events, after } = await moveHoldoutEpoch(stores, asked);
  const refused = events.find((event) => event.kind === "refused");
  return {
    use: refused ? { state: "closed", reason: refused.reason } : { state: "open" },
    attempt: attemptOf(after, key) ?? 0,
    epoch: after?.epoch ?? 0,
  };
}

/**
 * Weighs challenger and champion where there is one to compare with, nothing holds the challenger back before, and the
 * holdout may be used; else the challenger alone, which spends nothing.
 * @throws {HoldoutMovedError} when other rows would judge now than were scored.
 */
export async function weigh(stores: Stores, question: WeighableQuestion, now: Date): Promise<Weighed> {
  const { policy, scoring, key } = question;
  const { challenger, slices, costs, champion: found } = scoring.scored;
  const champion = found && "scores" in found ? found.scores : undefined;
  const alone = () => weighAlone({ challenger, champion, costs }, policy);
  if (!champion || holdsBefore(question, policy).length > 0) {
    const epoch = (await readHoldoutEpoch(stores, question.challenge.model))?.epoch ?? 0;
    return { weighing: alone(), use: undefined, attempt: 0, epoch };
  }
  const used = await useHoldout(stores, question, now);
  if (used.use.state === "closed") return { weighing: alone(), ...used };
  return { weighing: weighPair({ challenger, champion, costs }, policy, slices, key), ...used };
}
