import type { Envelope } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import { moveOn } from "../move-on.ts";
import type { Runner } from "../runner.ts";
import { readRun } from "../stores.ts";
import { readRunSignal } from "./run-signal.ts";

/**
 * Looks once at a run and moves it on. It may be told of an end in several ways, any number of times, and when there is
 * none yet: everything said and written is the same each time.
 * @param message the run's scheduled look, or an event of Azure that may tell of its end.
 */
export async function lookAtRun(runner: Runner, message: Envelope, delivery: Delivery): Promise<void> {
  const signal = readRunSignal(message);
  const run = signal && (await readRun(runner.stores, signal.runId));
  if (!signal || !run) return delivery.log.info(`${message.subject} is no run of Ratchet's`);
  const log = delivery.log.with({ model: run.model, run: run.runId });
  const asker = { by: message.id, look: signal.look };
  await moveOn(runner, run, asker, { ...delivery, log });
}
