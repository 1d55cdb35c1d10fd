import type { Envelope } from "@ratchet/contracts";
import { onEvery } from "@ratchet/messaging";
import type { Console } from "./console.ts";
import { modelOf } from "./model-view.ts";
import { keepEvent, moveView } from "./stores.ts";

/**
 * Keeps an event of whatever type, and brings its model's view up to date. Recording it again changes nothing. The event
 * is kept first: a view that is there has it from the record at the latest when it is made anew.
 */
export async function recordEvent({ stores }: Console, event: Envelope): Promise<void> {
  await keepEvent(stores, event);
  const model = modelOf(event);
  if (model !== undefined) await moveView(stores, model, event);
}

/**
 * What is received from the topic: every event, of types too that only a later version of the console will know. What is
 * no CloudEvent fails.
 */
export const ledgerRoutes = (console: Console) => [onEvery((event) => recordEvent(console, event))];
