import type { Log, Outbox } from "@ratchet/messaging";
import { askForTraining } from "./ask-for-training.ts";
import { scheduleStep } from "./schedule.ts";
import { appliedDefinition, modelNames, readAdmissions, record, type Stores } from "./stores.ts";

/** An occasion to speak that is no message: its name makes what is said twice one thing. */
export type OutboxFor = (cause: string, traceparent?: string) => Outbox;

async function followSchedule(stores: Stores, model: string, now: Date, outboxFor: OutboxFor, log: Log): Promise<void> {
  const { schedule } = (await appliedDefinition(stores, model)).definition;
  if (!schedule) return;
  const admissions = await readAdmissions(stores, model);
  const seenAt = admissions.scheduledAt === undefined ? undefined : new Date(admissions.scheduledAt);
  const step = scheduleStep(schedule, seenAt, now);
  if (step.kind === "rest") return;
  const at = (step.kind === "begin" ? step.at : step.occurrence).toISOString();
  if (step.kind === "train" && admissions.batches.length > 0) {
    await askForTraining(stores, outboxFor(`schedule/${model}/${at}`), admissions, { reason: "schedule" });
    log.info(`asked for training of ${model}: its schedule "${schedule}" came due at ${at}`);
  } else if (step.kind === "train") log.info(`${model} was due for training at ${at} but has no admitted batch yet`);
  await record(stores, model, { kind: "schedule-seen", at });
}

/**
 * Asks for training wherever a model's schedule has come due, once per occurrence. A model whose schedule or state
 * cannot be read does not hold up the others.
 * @throws {AggregateError} of what went wrong, after all models were seen to.
 */
export async function followSchedules(stores: Stores, now: Date, outboxFor: OutboxFor, log: Log): Promise<void> {
  const failures: unknown[] = [];
  for await (const model of modelNames(stores)) {
    try {
      await followSchedule(stores, model, now, outboxFor, log);
    } catch (error) {
      failures.push(error);
      log.error(`the schedule of ${model} cannot be followed`, { error: String(error) });
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} schedules cannot be followed`);
}
