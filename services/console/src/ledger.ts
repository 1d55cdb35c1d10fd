import type { Envelope, ModelView } from "@ratchet/contracts";
import type { Console } from "./console.ts";
import { evolve, initial, modelOf } from "./model-view.ts";
import { keepEvent, keptEvents, moveView, replaceView } from "./stores.ts";

/** Keeps an event and brings its model's view up to date. Recording it again changes nothing. */
export async function recordEvent({ stores }: Console, event: Envelope): Promise<void> {
  await keepEvent(stores, event);
  const model = modelOf(event);
  if (model !== undefined) await moveView(stores, model, event);
}

/** Makes all views anew from the record, and gives how many events it holds. */
export async function rebuildViews({ stores }: Console): Promise<number> {
  const views = new Map<string, ModelView>();
  let count = 0;
  for await (const event of keptEvents(stores)) {
    count += 1;
    const model = modelOf(event);
    if (model !== undefined) views.set(model, evolve(views.get(model) ?? initial(model), event));
  }
  for (const view of views.values()) await replaceView(stores, view);
  return count;
}
