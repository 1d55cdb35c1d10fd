import { type Run, trainModel } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import type { Runner } from "./runner.ts";
import { moveSlot } from "./stores.ts";
import { dueIn } from "./training-slot.ts";

/**
 * Frees a model's slot of a run and has what waits behind it trained. What waits stays in the slot until the command's run
 * takes it in, so nothing is lost in between; done again, it sends the same command.
 */
export async function freeSlot(
  { stores }: Runner,
  { model, runId }: Run,
  how: "end" | "release",
  { outbox, log }: Pick<Delivery, "outbox" | "log">,
): Promise<void> {
  const { after } = await moveSlot(stores, model, { kind: how, runId });
  const due = dueIn(after);
  if (!due) return;
  await outbox.send(trainModel, { model, ...due });
  log.info("the slot is free; asked for training on what waited", { batches: due.batches.length });
}
