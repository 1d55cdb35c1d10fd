import type { Verdict } from "@ratchet/contracts";
import type { Judgement } from "@ratchet/gate";
import { judgeUnusable } from "../judge/judge.ts";
import type { StoredVerdict, Stores } from "../stores.ts";
import { isOn, isWeighable, type Question } from "./ask.ts";
import { decide } from "./decide.ts";
import { type Answered, keep } from "./keep.ts";
import { type Weighed, weigh } from "./weigh.ts";

/** The verdict on a question, and whether it was made for it or stands from before. */
export interface Answer {
  readonly verdict: Verdict;
  readonly stands: boolean;
}

const same = (some: readonly string[], others: readonly string[]): boolean => [...some].join() === [...others].join();

/** Whether a verdict on the same question says what would be said now. Durations in the words pass; what it holds for stays. */
function says(found: Verdict, question: Question, { decision, heldFor, reasons }: Judgement): boolean {
  if (!isOn(found, question) || found.decision !== decision || !same(found.heldFor ?? [], heldFor)) return false;
  return isWeighable(question) ? found.golden !== undefined : same(found.reasons, reasons);
}

/**
 * Answers a question by a verdict: the one that stands where it was answered before, so that the same rows, champion and gate
 * are not weighed twice; else a new one, which is kept.
 * @param onWeighed is told of the use of the holdout, once it is made.
 * @throws {HoldoutMovedError} when other rows would judge now than were scored.
 * @throws {ConflictError} when somebody else has kept a verdict meanwhile.
 */
export async function answer(
  stores: Stores,
  question: Question,
  stored: StoredVerdict | undefined,
  answered: Answered,
  onWeighed: (weighed: Weighed) => Promise<void>,
): Promise<Answer> {
  const found = stored?.value;
  const settle = async (judgement: Judgement, weighed?: Weighed): Promise<Answer> =>
    found && says(found, question, judgement)
      ? { verdict: found, stands: true }
      : { verdict: await keep(stores, question, weighed, judgement, answered, stored), stands: false };
  if (!isWeighable(question)) {
    const { scored } = question.scoring;
    return settle(judgeUnusable("unusable" in scored ? scored.unusable : ""));
  }
  if (found && found.holdout.attempt > 0 && isOn(found, question)) return { verdict: found, stands: true };
  const weighed = await weigh(stores, question, answered.now);
  if (weighed.attempt > 0) await onWeighed(weighed);
  return settle(decide(question, weighed), weighed);
}
