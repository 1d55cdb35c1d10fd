import type { Invocation } from "@ratchet/messaging";
import { readDefinition } from "@ratchet/state";
import { modelNames, moveAdmissions, readAdmissions } from "../stores.ts";
import type { Watcher } from "../watcher.ts";
import { askForTraining } from "./ask-for-training.ts";
import { scheduleStep } from "./schedule.ts";

type Clock = Pick<Invocation, "now" | "log">;

async function followSchedule(watcher: Watcher, model: string, { now, log }: Clock): Promise<void> {
  const { schedule } = (await readDefinition(watcher.stores, model)).definition;
  if (!schedule) return;
  const admissions = await readAdmissions(watcher.stores, model);
  const seenAt = admissions.scheduledAt === undefined ? undefined : new Date(admissions.scheduledAt);
  const step = scheduleStep(schedule, seenAt, now);
  if (step.kind === "rest") return;
  const at = (step.kind === "begin" ? step.at : step.occurrence).toISOString();
  if (step.kind === "train" && admissions.batches.length > 0) {
    await askForTraining(watcher, admissions, { cause: `schedule/${model}/${at}` }, { reason: "schedule" });
    log.info(`asked for training of ${model}: its schedule "${schedule}" came due at ${at}`);
  } else if (step.kind === "train") log.info(`${model} was due for training at ${at} but has no admitted batch yet`);
  await moveAdmissions(watcher.stores, model, { kind: "see-schedule", at });
}

/**
 * Asks for training wherever a model's schedule has come due, once per occurrence. A model whose schedule or state
 * cannot be read does not hold up the others.
 * @throws {AggregateError} when something went wrong, after all models were seen to.
 */
export async function followSchedules(watcher: Watcher, { now, log }: Clock): Promise<void> {
  const failures: unknown[] = [];
  for await (const model of modelNames(watcher.stores)) {
    const ofModel = log.with({ model });
    try {
      await followSchedule(watcher, model, { now, log: ofModel });
    } catch (error) {
      failures.push(error);
      ofModel.error(`the schedule of ${model} cannot be followed`, { error: String(error) });
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} schedules cannot be followed`);
}
