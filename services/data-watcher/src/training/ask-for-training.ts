import { type Admissions, type Envelope, type TrainModel, trainModel } from "@ratchet/contracts";
import type { Occasion } from "@ratchet/messaging";
import { moveAdmissions } from "../stores.ts";
import type { Watcher } from "../watcher.ts";

/**
 * Sends train-model with all admitted batches; only then do they cease to wait. A crash in between asks again, with the
 * same identity if nothing new has come.
 * @returns the command, and the admissions as they are after it.
 */
export async function askForTraining(
  { stores, outbox }: Watcher,
  { model, batches: admitted }: Admissions,
  occasion: Occasion,
  ask: Pick<TrainModel["data"], "reason" | "again">,
): Promise<{ readonly command: Envelope; readonly after: Admissions }> {
  const batches = admitted.map(({ batch }) => batch);
  const command = await outbox(occasion).send(trainModel, { model, batches, ...ask });
  const after = await moveAdmissions(stores, model, { kind: "ask-for-training", batches });
  return { command, after };
}
