import { type Invocation, type Sweep, sayStuck, sweepOncePerPeriod } from "@ratchet/messaging";
import { markedAtLeast, type OpenMark, readDefinition, readWaiting, type WaitingAdmissions } from "@ratchet/state";
import { isSaidStuck } from "../admissions.ts";
import { moveAdmissions, openTrainings } from "../stores.ts";
import type { Watcher } from "../watcher.ts";
import { askForDueTraining } from "./ask-for-training.ts";
import { isOverdue } from "./coalesce.ts";

/** In milliseconds: how often models with waiting batches are looked at. */
export const trainingsSwept = 60_000;

/** In milliseconds: batches that have waited for so long and cannot be asked for are said to be stuck. */
export const trainingStuckAfter = 3_600_000;

async function sayTrainingStuck(
  { stores, outbox }: Watcher,
  admissions: WaitingAdmissions,
  error: unknown,
  now: Date,
): Promise<void> {
  const { model, pending } = admissions;
  if (!pending || isSaidStuck(admissions)) return;
  if (now.getTime() < Date.parse(pending.latest) + trainingStuckAfter) return;
  await sayStuck(outbox, {
    model,
    process: "training",
    about: model,
    state: "waiting",
    since: pending.since,
    reason: `${pending.batches.length} admitted batches wait and training cannot be asked for: ${error instanceof Error ? error.message : String(error)}`,
    remedy: "mend what the reason names; training is then asked for by itself within a minute",
  });
  await moveAdmissions(stores, model, { kind: "say-stuck", since: pending.since });
}

async function lookAtTraining(watcher: Watcher, { key: model, markedAt, unmark }: OpenMark, { now, log }: Sweep) {
  const admissions = await readWaiting(watcher.stores, model);
  const { pending } = admissions;
  if (!pending) {
    if (now.getTime() >= markedAt.getTime() + markedAtLeast) await unmark();
    return;
  }
  try {
    const { data: policy } = (await readDefinition(watcher.stores, model)).definition;
    if (!isOverdue(pending, policy, now)) return;
    const asked = await askForDueTraining(watcher, model, policy, { now });
    log.warn(`asked for training of ${model}, whose look was lost`, { model, batches: asked?.batches });
  } catch (error) {
    await sayTrainingStuck(watcher, admissions, error, now);
    throw error;
  }
}

/**
 * Asks for training wherever batches have been due for a while: their look was lost, or given up on. Once per period.
 * @throws {SweepError} when a model could not be looked at, after all were.
 */
export function sweepTrainings(watcher: Watcher, { now, log }: Pick<Invocation, "now" | "log">): Promise<void> {
  const { stores, outbox } = watcher;
  const sweeping = { name: "trainings", every: trainingsSwept, documents: stores.documents("batches"), outbox };
  return sweepOncePerPeriod(
    sweeping,
    { now, log },
    () => openTrainings(stores).marks(),
    (mark, sweep) => lookAtTraining(watcher, mark, sweep),
  );
}
