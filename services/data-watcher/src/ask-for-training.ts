import { type Admissions, type Envelope, type TrainModel, trainModel } from "@ratchet/contracts";
import type { Outbox } from "@ratchet/messaging";
import { record, type Stores } from "./stores.ts";

/**
 * Sends train-model with all admitted batches; only then do they cease to wait. A crash in between asks again, with the
 * same identity if nothing new has come.
 * @returns the command, and the admissions as they are after it.
 */
export async function askForTraining(
  stores: Pick<Stores, "documents">,
  outbox: Outbox,
  { model, batches: admitted }: Admissions,
  ask: Pick<TrainModel["data"], "reason" | "again">,
): Promise<{ readonly command: Envelope; readonly after: Admissions }> {
  const batches = admitted.map(({ batch }) => batch);
  const command = await outbox.send(trainModel, { model, batches, ...ask });
  const after = await record(stores, model, { kind: "training-asked", batches });
  return { command, after };
}
