import { checkRun, type Envelope, type Run } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { freeSlot } from "../free-slot.ts";
import { conclusionTime, hasEnded } from "../run.ts";
import { type Runner, voiceOf } from "../runner.ts";
import { moveRun, readRun } from "../stores.ts";
import { conclude, type Look } from "./conclude.ts";
import { endRun } from "./end-run.ts";
import { doneAt } from "./run-output.ts";
import { type RunSignal, readRunSignal } from "./run-signal.ts";

async function lookAt({ stores, workspace }: Runner, { runId }: Run, now: Date): Promise<Look> {
  const [job, commandDoneAt] = await Promise.all([workspace.job(runId), doneAt(stores, runId)]);
  return { job, doneAt: commandDoneAt, now };
}

/** Takes a run's end in hand for a message, unless another has it. */
async function takeInHand({ stores }: Runner, run: Run, { id }: Envelope, now: Date): Promise<boolean> {
  const { events } = await moveRun(stores, { kind: "begin-conclusion", run, by: id, at: now.toISOString() });
  return events.some(({ kind }) => kind === "conclusion-begun");
}

/** Sets the next look. The workspace's events set none: the run's own looks go on beside them. */
async function lookAgain(
  { model, runId }: Run,
  { done, look }: RunSignal,
  until: Date,
  { outbox, log }: Delivery,
): Promise<void> {
  if (look === undefined && !done) return;
  await outbox.send(checkRun, { model, runId, look: (look ?? 0) + 1 }, { notBefore: until });
  log.info(`looking again at ${until.toISOString()}`);
}

/**
 * Looks once at a run and acts on what it finds. It may be told of an end in several ways, any number of times, and
 * when there is none yet: everything said and written is the same each time.
 * @param message the run's scheduled look, or an event of Azure that may tell of its end.
 */
export async function lookAtRun(runner: Runner, message: Envelope, delivery: Delivery): Promise<void> {
  const signal = readRunSignal(message);
  const run = signal && (await readRun(runner.stores, signal.runId));
  if (!signal || !run) return delivery.log.info(`${message.subject} is no run of Ratchet's`);

  const { now } = delivery;
  const log = delivery.log.with({ model: run.model, run: run.runId });
  const ofRun = { ...delivery, log };
  // The process may have ended between the record and the slot.
  if (hasEnded(run)) return freeSlot(runner, run, "end", { outbox: voiceOf(runner, run), log });

  const look = await lookAt(runner, run, now);
  const conclusion = conclude(run, look);
  if (conclusion.kind === "wait") {
    const { until, startedAt } = conclusion;
    log.info(`the job is ${look.job?.status ?? "not submitted"}`);
    if (startedAt) await moveRun(runner.stores, { kind: "start", run, at: startedAt.toISOString() });
    return lookAgain(run, signal, until, ofRun);
  }
  if (!(await takeInHand(runner, run, message, now))) {
    log.info("another message sees to the end");
    return lookAgain(run, signal, new Date(now.getTime() + conclusionTime), ofRun);
  }
  if (conclusion.kind === "never-submitted") {
    log.warn(`gave the claim up: ${conclusion.reason}`);
    return freeSlot(runner, run, "release", ofRun);
  }
  return endRun(runner, run, conclusion, look, ofRun);
}
