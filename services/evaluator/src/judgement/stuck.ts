import type { JudgementRecord } from "@ratchet/contracts";
import { sayStuck } from "@ratchet/messaging";
import type { Evaluator } from "../evaluator.ts";
import { moveJudgement } from "../stores.ts";
import { isInHand } from "./judgement.ts";

/** A judgement that was nudged so often in vain is told to be stuck. */
export const nudgesInVain = 3;

/** Whether it is to be told that a judgement is stuck. */
const isUntold = (record: JudgementRecord): boolean =>
  isInHand(record) && record.stuckSaid === undefined && (record.failure !== undefined || record.nudges >= nudgesInVain);

function whyStuck({ state, since, failure, nudges }: JudgementRecord) {
  if (failure)
    return {
      since: failure.since,
      reason: failure.reason,
      remedy:
        "do what the reason says; the version is judged by itself once its definition, its file or the admitted batches have changed, or when its dead letter is replayed",
    };
  return {
    since,
    reason: `it was asked about ${nudges} times more and is still ${state}: whatever judges it ends before it is done, or is refused what it needs`,
    remedy:
      "look into the log of the evaluator and the dead letters of evaluate-model for this version; it is tried again by itself, ever more rarely",
  };
}

/** Tells that a judgement is stuck, once for as long as it stays so. */
export async function tellStuck(
  { stores, outbox }: Pick<Evaluator, "stores" | "outbox">,
  record: JudgementRecord,
  now: Date,
): Promise<void> {
  if (!isUntold(record)) return;
  const { model, version, state } = record;
  await sayStuck(outbox, { model, process: "judgement", about: version, state, ...whyStuck(record) });
  await moveJudgement(stores, record, { kind: "tell", now });
}
