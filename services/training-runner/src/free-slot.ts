import { trainModel } from "@ratchet/contracts";
import type { Log, Outbox } from "@ratchet/messaging";
import { moveSlot, type Stores } from "./stores.ts";
import { evolve, type SlotEvent } from "./training-slot.ts";

/**
 * Frees a model's slot and has what waits behind it trained. What waits stays in the slot until the command's run takes
 * it in, so nothing is lost in between; done again, it sends the same command.
 */
export async function freeSlot(
  stores: Pick<Stores, "training">,
  model: string,
  event: Extract<SlotEvent, { readonly kind: "ended" | "released" }>,
  outbox: Outbox,
  log: Log,
): Promise<void> {
  const { running, waiting } = await moveSlot(stores, model, (before) => {
    const slot = evolve(before, event);
    return { slot, result: slot };
  });
  if (running || !waiting) return;
  await outbox.send(trainModel, { model, ...waiting });
  log.info(`the slot of ${model} is free; asked for training on what waited`, { batches: waiting.batches.length });
}
