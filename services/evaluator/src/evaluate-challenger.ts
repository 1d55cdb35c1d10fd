import type { EvaluateModel } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { announce } from "./evaluation/announce.ts";
import { answers, ask } from "./evaluation/ask.ts";
import { decide } from "./evaluation/decide.ts";
import { keep } from "./evaluation/keep.ts";
import { weigh } from "./evaluation/weigh.ts";
import type { Evaluator } from "./evaluator.ts";
import { readVerdict } from "./stores.ts";

/**
 * Judges a challenger and keeps the verdict with its evidence. Asked the same again, by the same command or another, it
 * gives the verdict it gave.
 * @throws {UnknownModelError} when its model is not applied.
 * @throws {NoHoldoutError} when no held-out row can judge it.
 * @throws {MissingModelError} when its file is not there.
 * @throws {UnusableModelError} when it does not take or give what its task asks for.
 * @throws {UnreadableHoldoutError} when the held-out rows no longer fit the definition.
 * @throws {HoldoutMovedError} when the holdout has changed meanwhile; trying again helps.
 */
export async function evaluateChallenger(
  evaluator: Evaluator,
  { id, data: command }: EvaluateModel,
  delivery: Delivery,
): Promise<void> {
  const { stores } = evaluator;
  const { now, log, outbox } = delivery;
  const stored = await readVerdict(stores, command.model, command.version);
  if (stored?.cause === id) return announce(outbox, stored);

  const question = await ask(evaluator, command, now);
  if (stored && answers(stored, question)) {
    log.info("the same was asked before; the verdict stands", { decision: stored.decision });
    return announce(outbox, stored);
  }
  const weighed = await weigh(stores, question, now);
  const judgement = decide(question, weighed);
  log.info(`judged: ${judgement.decision}`, {
    champion: question.champion?.version ?? null,
    reasons: judgement.reasons,
  });

  const verdict = await keep(stores, question, weighed, judgement, { cause: id, now });
  await announce(outbox, verdict);
}
