import { type Invocation, type Sweep, sweepOncePerPeriod } from "@ratchet/messaging";
import { modelNames, readDefinition, readWaiting } from "@ratchet/state";
import { moveAdmissions } from "../stores.ts";
import type { Watcher } from "../watcher.ts";
import { askForTraining } from "./ask-for-training.ts";
import { scheduleStep } from "./schedule.ts";

/**
 * In milliseconds: for how long one look at the schedules is enough. The timers of all instances go off in the same moment of a
 * minute; whoever runs the function by hand between two minutes has it look.
 */
export const schedulesFollowed = 10_000;

async function followSchedule(watcher: Watcher, model: string, { now, log }: Sweep): Promise<void> {
  const { schedule } = (await readDefinition(watcher.stores, model)).definition;
  if (!schedule) return;
  const { scheduledAt } = (await readWaiting(watcher.stores, model)).asked;
  const step = scheduleStep(schedule, scheduledAt === undefined ? undefined : new Date(scheduledAt), now);
  if (step.kind === "rest") return;
  const at = (step.kind === "begin" ? step.at : step.occurrence).toISOString();
  if (step.kind === "train") {
    const occasion = { cause: `schedule/${model}/${at}`, time: now };
    const asked = await askForTraining(watcher, model, occasion, { reason: "schedule" });
    log
      .with({ model })
      .info(
        asked
          ? `asked for training of ${model}: its schedule "${schedule}" came due at ${at}`
          : `${model} was due for training at ${at} but has no admitted row to train on yet`,
      );
  }
  await moveAdmissions(watcher.stores, model, { kind: "see-schedule", at });
}

/**
 * Asks for training wherever a model's schedule has come due, once per occurrence. A model whose schedule or state
 * cannot be read does not hold up the others.
 * @throws {SweepError} when a schedule cannot be followed, after all models were seen to.
 */
export function followSchedules(watcher: Watcher, { now, log }: Pick<Invocation, "now" | "log">): Promise<void> {
  const { stores, outbox } = watcher;
  const sweeping = { name: "schedules", every: schedulesFollowed, documents: stores.documents("batches"), outbox };
  return sweepOncePerPeriod(
    sweeping,
    { now, log },
    () => modelNames(stores),
    (model, sweep) => followSchedule(watcher, model, sweep),
  );
}
