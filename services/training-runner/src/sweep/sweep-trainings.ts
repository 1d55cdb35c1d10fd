import { type Run, type TrainingSlot, trainModel } from "@ratchet/contracts";
import { type Invocation, type Sweep, sayStuck, sweepOncePerPeriod } from "@ratchet/messaging";
import { markedAtLeast, type OpenMark, readDefinition } from "@ratchet/state";
import { sendLook } from "../run/looks.ts";
import { claimedRun } from "../run/run.ts";
import { isConcluded } from "../run/run-events.ts";
import type { Runner } from "../runner.ts";
import { freeSlot } from "../slot/free-slot.ts";
import { tellHeld, tellTrouble } from "../slot/tell.ts";
import { moveRun, moveSlot, openTrainings, readRun, readSlot } from "../stores.ts";
import { isOverdue, isToBeAskedFor, isToBeTold, overdueSince } from "./overdue.ts";

/** How often open trainings are gone through, in milliseconds. */
export const sweepEvery = 60_000;

async function tellOverdue(runner: Runner, run: Run): Promise<void> {
  const { model, runId, status } = run;
  await sayStuck(runner.outbox, {
    model,
    process: "training",
    about: runId,
    state: status,
    since: overdueSince(run),
    reason: "looks at the run are due and cannot be done, so that its end would not be learned and its model waits",
    remedy:
      "read why in the dead letters of training-ended and train-model, and mend that; looks go on by themselves, and at once where a dead letter is replayed",
  });
  await moveRun(runner.stores, { kind: "tell-overdue", run });
}

/** Sees to it that somebody looks at the run that holds a slot. */
async function sweepRun(runner: Runner, run: Run, { now, log }: Sweep): Promise<void> {
  if (isConcluded(run)) return freeSlot(runner, run, { log });
  let known = run;
  if (isOverdue(run, now)) {
    known = (await moveRun(runner.stores, { kind: "revive", run, at: now.toISOString() })).run;
    await sendLook(runner, known);
    log.warn("a look was due and was not done; sent another", { model: run.model, run: run.runId, look: known.look });
  }
  if (isToBeTold(known, now)) await tellOverdue(runner, known);
}

/** Sees to it that what waits in a free slot is asked for when its time has come. */
async function sweepWaiting(runner: Runner, slot: TrainingSlot, { now, log, outbox }: Sweep): Promise<void> {
  const { model, waiting } = slot;
  await tellHeld(runner, slot);
  await tellTrouble(runner, slot);
  const applied = await readDefinition(runner.stores, model);
  if (!waiting || !isToBeAskedFor(slot, applied, now)) return;
  const { through, reason } = waiting;
  await moveSlot(runner.stores, model, { kind: "ask", at: now.toISOString() });
  await outbox.send(trainModel, { model, through, reason, waited: true });
  log.info("asked for training on what waits", { model, through });
}

async function sweepSlot(runner: Runner, { key: model, markedAt, unmark }: OpenMark, sweep: Sweep): Promise<void> {
  const slot = await readSlot(runner.stores, model);
  const { running, waiting } = slot;
  if (running) {
    const run = (await readRun(runner.stores, running.runId)) ?? claimedRun(model, running);
    return sweepRun(runner, run, sweep);
  }
  if (waiting) return sweepWaiting(runner, slot, sweep);
  if (sweep.now.getTime() - markedAt.getTime() >= markedAtLeast) await unmark();
}

/**
 * Goes through the models whose slot is held or has something waiting, once a minute whatever the number of instances, and
 * sends what is missing: a look where one was due and was not done, training on what waits where its time has come.
 * @throws {SweepError} when a slot could not be looked at, after all were.
 */
export const sweepTrainings = (runner: Runner, invocation: Pick<Invocation, "now" | "log">): Promise<void> =>
  sweepOncePerPeriod(
    {
      name: "trainings",
      every: sweepEvery,
      documents: runner.stores.documents("training"),
      outbox: (occasion) => runner.outbox(occasion),
    },
    invocation,
    () => openTrainings(runner.stores).marks(),
    (mark, sweep) => sweepSlot(runner, mark, sweep),
  );
