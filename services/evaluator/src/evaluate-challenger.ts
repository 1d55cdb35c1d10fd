import type { EvaluateModel } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import type { Evaluator } from "./evaluator.ts";
import { goOn } from "./judgement/go-on.ts";
import { isInHand } from "./judgement/judgement.ts";
import { takeIn } from "./judgement/take-in.ts";
import { readJudgement } from "./stores.ts";

/**
 * Judges a challenger, keeps the verdict with its evidence, and says it. Delivered again it goes on where it was left; asked the
 * same again, by whichever command, the verdict stands and is not said twice.
 * @throws {VersionTakenError} when the version stands for another file: that one's evidence stays as it is.
 * @throws {UnknownModelError} when its model is not applied.
 * @throws {NoHoldoutError} when no held-out row can judge it.
 * @throws {MissingModelError} when its file is not there.
 * @throws {UnreadableRowsError} when the held-out rows no longer fit the definition.
 * @throws {HoldoutMovedError} when the holdout has changed meanwhile; trying again helps.
 */
export async function evaluateChallenger(
  evaluator: Evaluator,
  message: EvaluateModel,
  { now, log }: Delivery,
): Promise<void> {
  const { model, version } = message.data;
  const before = await readJudgement(evaluator.stores, model, version);
  // What was decided is said before anything else is asked.
  if (before?.state === "decided") await goOn(evaluator, before, { now, log });
  const record = await takeIn(evaluator, message, now);
  if (record && isInHand(record)) return goOn(evaluator, record, { now, log });
  log.info("there is nothing to judge: it was answered, or has changed since it was asked", {
    state: record?.state ?? "none",
  });
}
