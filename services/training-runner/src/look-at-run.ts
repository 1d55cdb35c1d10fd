import { checkRun, evaluateModel, paths, type Run, trainingEnded } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { conclude } from "./conclude.ts";
import { freeSlot } from "./free-slot.ts";
import { registeredModel } from "./registered-model.ts";
import { doneAt, lastLines, type RunOutput, readOutput } from "./run-output.ts";
import { modelOfRun, type RunSignal } from "./run-signal.ts";
import { type Runner, voiceOf } from "./runner.ts";
import { beginConclusion, conclusionTime, hasEnded, readRun, updateRun } from "./stores.ts";

/** What made the training-runner look at a run. */
export interface Occasion extends RunSignal {
  /** Id of the message. */
  readonly message: string;
  /** How many looks there were before, where it is the run's own scheduled look. */
  readonly looks?: number;
}

type End = Pick<Run, "status"> & { readonly failure?: string };

async function finish(runner: Runner, run: Run, end: End, endedAt: string, { log }: Delivery): Promise<void> {
  const { model, runId } = run;
  await updateRun(runner.stores, run, { ...end, endedAt });
  await freeSlot(runner.stores, model, { kind: "ended", runId }, voiceOf(runner, run), log);
  log.info(`${runId} has ended: ${end.status}`, end.failure === undefined ? {} : { reason: end.failure });
}

/** Storage tells times to the second: a run must not seem to have ended before it began. */
const endOf = ({ startedAt, submittedAt, claimedAt }: Run, at: Date): string =>
  [at.toISOString(), startedAt ?? submittedAt ?? claimedAt].sort().at(-1) ?? at.toISOString();

const timesOf = (run: Run, endedAt: string) => {
  const startedAt = run.startedAt ?? run.submittedAt;
  return { endedAt, ...(startedAt === undefined ? {} : { startedAt }) };
};

async function failed(
  runner: Runner,
  run: Run,
  status: "failed" | "canceled" | "timed-out",
  why: string,
  { log }: RunOutput,
  endedAt: string,
  delivery: Delivery,
): Promise<void> {
  const { model, runId } = run;
  const reason = log ? `${why}\nThe last of its output:\n${lastLines(log)}` : why;
  await voiceOf(runner, run).publish(trainingEnded, { model, runId, status, reason, ...timesOf(run, endedAt) });
  await finish(runner, run, { status, failure: reason }, endedAt, delivery);
}

async function completed(
  runner: Runner,
  run: Run,
  { log, votedToDeploy }: RunOutput,
  endedAt: string,
  delivery: Delivery,
): Promise<void> {
  const { model, runId, version, batches } = run;
  await runner.workspace.putModel(registeredModel(run, log));
  const voice = voiceOf(runner, run);
  await voice.publish(trainingEnded, { model, runId, status: "completed", version, ...timesOf(run, endedAt) });
  const onnx = { container: "runs", path: paths.runModel(runId) };
  await voice.send(evaluateModel, { model, version, runId, onnx, trainedOn: batches, votedToDeploy });
  await finish(runner, run, { status: "completed" }, endedAt, delivery);
}

/**
 * Looks once at a run and acts on what it finds. It may be told of an end in several ways, any number of times, and
 * when there is none yet: everything said and written is the same each time.
 */
export async function lookAtRun(runner: Runner, occasion: Occasion, delivery: Delivery): Promise<void> {
  const { message, runId, done, looks } = occasion;
  const { now, log, outbox } = delivery;
  const model = modelOfRun(runId);
  const run = model === undefined ? undefined : await readRun(runner.stores, model, runId);
  if (model === undefined || !run) return log.info(`${runId} is no run of Ratchet's`);
  if (hasEnded(run)) {
    // The process may have ended between the record and the slot.
    return freeSlot(runner.stores, model, { kind: "ended", runId }, voiceOf(runner, run), log);
  }
  const { runs } = runner.stores;
  const [job, commandDoneAt] = await Promise.all([runner.workspace.job(runId), doneAt(runs, runId)]);
  const conclusion = conclude(run, { job, doneAt: commandDoneAt, now });
  const lookAgain = async (until: Date): Promise<void> => {
    if (looks === undefined && !done) return;
    await outbox.send(checkRun, { model, runId, look: (looks ?? 0) + 1 }, { notBefore: until });
    log.info(`${runId} is ${job?.status ?? "not submitted"}; looking again at ${until.toISOString()}`);
  };
  if (conclusion.kind === "wait") {
    const { until, startedAt } = conclusion;
    if (startedAt) await updateRun(runner.stores, run, { startedAt: startedAt.toISOString() });
    return lookAgain(until);
  }
  if (!(await beginConclusion(runner.stores, run, message, now))) {
    log.info(`another message sees to the end of ${runId}`);
    return lookAgain(new Date(now.getTime() + conclusionTime));
  }
  const endedAt = endOf(run, commandDoneAt ?? now);
  switch (conclusion.kind) {
    case "completed": {
      const output = await readOutput(runs, runId);
      if (output.hasModel) return completed(runner, run, output, endedAt, delivery);
      const why = "the command ended well but wrote no model.onnx into the folder given by --out";
      return failed(runner, run, "failed", why, output, endedAt, delivery);
    }
    case "ended":
      return failed(
        runner,
        run,
        conclusion.status,
        conclusion.reason,
        await readOutput(runs, runId),
        endedAt,
        delivery,
      );
    case "overdue":
      await runner.workspace.cancel(runId);
      return failed(runner, run, "timed-out", conclusion.reason, await readOutput(runs, runId), endedAt, delivery);
    case "never-submitted":
      log.warn(`gave up the claim of ${runId}: ${conclusion.reason}`);
      return freeSlot(runner.stores, model, { kind: "released", runId }, outbox, log);
  }
}
