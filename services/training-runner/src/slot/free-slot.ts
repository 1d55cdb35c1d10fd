import { type Run, trainModel } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { type Runner, voiceOf } from "../runner.ts";
import { moveSlot } from "../stores.ts";
import type { Outcome } from "./slot-events.ts";
import { dueIn } from "./training-slot.ts";

/**
 * How a run has ended, by its record. A job that no look has found running has begun after the last that found it waiting.
 */
export function outcomeOf(run: Run): Outcome {
  const { status, version, queuedUntil = run.submittedAt, startedAt = queuedUntil, endedAt = run.claimedAt } = run;
  if (status === "claimed" || status === "submitted") throw new TypeError(`the run ${run.runId} has not ended`);
  return { status, startedAt, endedAt, ...(status === "completed" ? { version } : {}) };
}

/**
 * Frees a model's slot of a run that has ended and has what waits taken up. What waits stays in the slot until a run takes
 * it in, so nothing is lost in between.
 * @param isAgain whether it may be that the same delivery has freed the slot before, and ended before it could ask: the
 * command is the same then. Else it is for whoever has freed the slot to ask.
 */
export async function freeSlot(
  runner: Runner,
  run: Run,
  { log }: Pick<Delivery, "log">,
  isAgain = false,
): Promise<void> {
  const { model, runId } = run;
  const { events, after } = await moveSlot(runner.stores, model, { kind: "end", runId, outcome: outcomeOf(run) });
  const due = dueIn(after);
  if (!due || (events.length === 0 && !isAgain)) return;
  const { through, reason } = due;
  await voiceOf(runner, run).send(trainModel, { model, through, reason, waited: true });
  log.info("the slot is free; asked for training on what waited", { through });
}
