import type { Run } from "@ratchet/contracts";
import { type Delivery, isTransient } from "@ratchet/messaging";
import { readDefinition } from "@ratchet/state";
import { type Conclusion, conclude, type JobView, type Look } from "./end/conclude.ts";
import { concludeRun } from "./end/conclude-run.ts";
import { endRun } from "./end/end-run.ts";
import { doneAt } from "./end/run-output.ts";
import { type Asker, lookAgain } from "./run/looks.ts";
import { conclusionTime } from "./run/run.ts";
import { hasEnded, isConcluded, type Stop } from "./run/run-events.ts";
import type { Runner } from "./runner.ts";
import { freeSlot } from "./slot/free-slot.ts";
import { giveUpClaim } from "./slot/give-up-claim.ts";
import { noteSubmission, submitJob } from "./start/submit-run.ts";
import { holdsSlot, moveRun, readSlot } from "./stores.ts";

async function lookAt({ stores, workspace }: Runner, { runId }: Run, now: Date): Promise<Look> {
  const [job, commandDoneAt] = await Promise.all([workspace.job(runId), doneAt(stores, runId)]);
  return { job, doneAt: commandDoneAt, now };
}

/** Takes a run in hand for a message, unless another message has it or has moved it on; gives it as it is by then. */
async function takeInHand({ stores }: Runner, run: Run, { by }: Asker, now: Date) {
  const step = { kind: "take-in-hand", from: run.status, by, at: now.toISOString() } as const;
  const { events, run: found } = await moveRun(stores, { run, ...step });
  return { found, isTaken: events.some(({ kind }) => kind === "taken-in-hand") };
}

/** Whether a run holds its model's slot, by whichever claim. */
const runs = async ({ stores }: Runner, { model, runId }: Run): Promise<boolean> =>
  (await readSlot(stores, model)).running?.runId === runId;

/** A claim that was given up: a job that was submitted for it at the last moment would run beside the slot. */
async function abandon(runner: Runner, run: Run, { now, log }: Delivery): Promise<void> {
  if (await runs(runner, run)) return log.info("the run was claimed anew; whoever did that goes on with it");
  if (await runner.workspace.job(run.runId)) await runner.workspace.cancel(run.runId);
  // Where the process ended between the slot and the record.
  const reason = "its model's slot was let go of";
  await moveRun(runner.stores, { kind: "give-up", run, reason, at: now.toISOString() });
  log.info("its claim was given up; what it was for waits in the slot, or is trained by another run");
}

/** Another message has the run in hand; should nothing come of that, the next look goes on. */
async function leaveToOther(runner: Runner, run: Run, asker: Asker, { now, log }: Delivery): Promise<void> {
  log.info("another message moves it on");
  await lookAgain(runner, run, asker, { now, until: new Date(now.getTime() + conclusionTime) });
}

/** Submits a claimed run of which there is no job, or gives its claim up where that cannot be done for good. */
async function submit(runner: Runner, run: Run, asker: Asker, delivery: Delivery): Promise<void> {
  let [known, job]: [Run, JobView | undefined] = [run, undefined];
  try {
    const applied = await readDefinition(runner.stores, run.model);
    // Applied anew after the claim and before a job came of it: the claim is for something else.
    if (applied.version !== run.definitionVersion) return await giveUpClaim(runner, run, delivery);
    ({ prepared: known, job } = await submitJob(runner, applied, run));
  } catch (error) {
    if (isTransient(error)) throw error;
    // A refusal that came after the job: the job counts, and is looked after.
    job = await runner.workspace.job(run.runId);
    if (!job) {
      await giveUpClaim(runner, run, delivery, error instanceof Error ? error.message : String(error));
      if (asker.isNewWish) throw error;
      return;
    }
  }
  await note(runner, known, job, asker, delivery);
}

/** Writes a job down that the record does not know of; it may have ended by now, or somebody may have cancelled it. */
async function note(
  runner: Runner,
  run: Run,
  job: JobView | undefined,
  asker: Asker,
  delivery: Delivery,
): Promise<void> {
  const noted = job ? await noteSubmission(runner, run, job, delivery) : run;
  await moveOn(runner, noted, asker, delivery);
}

/** Has a run looked at again; a job that somebody has asked to cancel, or that is to be stopped, is asked once more. */
async function wait(
  runner: Runner,
  run: Run,
  asker: Asker,
  { until, seen, cancel }: Conclusion & { readonly kind: "wait" },
  { now, log }: Delivery,
): Promise<void> {
  log.info(seen === "missing" ? "the workspace does not know its job" : `its job is ${seen}`);
  if (cancel) await runner.workspace.cancel(run.runId);
  await lookAgain(runner, run, asker, { now, until, seen });
}

/** Has a run's job stopped. The intent is written first: of such a job the workspace only tells that it was cancelled. */
async function stop(runner: Runner, run: Run, asker: Asker, wanted: Stop, delivery: Delivery): Promise<void> {
  const at = delivery.now.toISOString();
  const { run: stopping } = await moveRun(runner.stores, { kind: "stop", run, stop: wanted, at });
  await moveOn(runner, stopping, asker, delivery);
}

/**
 * Moves a run on from wherever its record says that it is, as far as that goes by now: from its claim to its job, from the
 * job's end to all that follows. Whoever calls it, however often, at the same time or in the middle of another's call:
 * everything said and written is the same each time.
 */
export async function moveOn(runner: Runner, run: Run, asker: Asker, delivery: Delivery): Promise<void> {
  const { now, log } = delivery;
  const { stores } = runner;
  if (isConcluded(run)) {
    // The process may have ended between the record and the slot, or between the slot and what waited in it.
    const isAgain = run.inHand?.by === asker.by;
    if (isAgain || (await runs(runner, run))) await freeSlot(runner, run, delivery, isAgain);
    return log.info(`has ended already: ${run.status}`);
  }
  if (run.status === "claimed" && !(await holdsSlot(stores, run))) return abandon(runner, run, delivery);

  const look = hasEnded(run) ? undefined : await lookAt(runner, run, now);
  const conclusion = look && conclude(run, look);
  if (conclusion?.kind === "wait") return wait(runner, run, asker, conclusion, delivery);
  if (conclusion?.kind === "stop") return stop(runner, run, asker, conclusion.stop, delivery);
  const { found: taken, isTaken } = await takeInHand(runner, run, asker, now);
  // Another may have moved it on since it was read; then it stays in nobody's hand before there is something to do.
  if (taken.status !== run.status) return moveOn(runner, taken, asker, delivery);
  if (!isTaken) return leaveToOther(runner, run, asker, delivery);
  if (!look || !conclusion) return concludeRun(runner, taken, delivery);
  switch (conclusion.kind) {
    case "submit":
      return submit(runner, taken, asker, delivery);
    case "note":
      return note(runner, taken, look.job, asker, delivery);
    case "give-up":
      return giveUpClaim(runner, taken, delivery, conclusion.reason);
    default:
      return endRun(runner, taken, conclusion, look, delivery);
  }
}
