import { type Envelope, keptEnvelope, type ModelView, modelView, paths } from "@ratchet/contracts";
import type { Stores as MessagingStores } from "@ratchet/messaging";
import { viewDeciderOf } from "./model-view.ts";

/** What the console reads and writes: it owns the container `ledger`. */
export type Stores = MessagingStores<"console">;

const ledger = (stores: Stores) => stores.documents("ledger");

/** By day and time, so that a listing is in the order of events. */
const eventPath = ({ time, id }: Envelope): string =>
  `events/${time.slice(0, 10)}/${time}-${encodeURIComponent(id)}.json`;

/** Keeps an event. Kept again, it is the same. */
export async function keepEvent(stores: Stores, event: Envelope): Promise<void> {
  await ledger(stores).write(eventPath(event), keptEnvelope, event, "any");
}

/** Every kept event, or those of one UTC day (`2026-11-23`), in order. */
export async function* keptEvents(stores: Stores, day?: string): AsyncGenerator<Envelope> {
  for await (const path of ledger(stores).list(day ? `events/${day}/` : "events/")) {
    const stored = await ledger(stores).read(path, keptEnvelope);
    if (stored) yield stored.value;
  }
}

/** The models that an event has named. */
export async function knownModels(stores: Stores): Promise<readonly string[]> {
  const viewPaths = await Array.fromAsync(ledger(stores).list("models/"));
  return viewPaths.map((path) => path.slice("models/".length, -".json".length));
}

export async function readView(stores: Stores, model: string): Promise<ModelView | undefined> {
  return (await ledger(stores).read(paths.modelView(model), modelView))?.value;
}

/** Brings a model's view up to date with an event. */
export async function moveView(stores: Stores, model: string, event: Envelope): Promise<void> {
  await ledger(stores).move(paths.modelView(model), modelView, viewDeciderOf(model), event);
}

/** Puts a view in the place of the one that is there. */
export async function replaceView(stores: Stores, view: ModelView): Promise<void> {
  await ledger(stores).write(paths.modelView(view.model), modelView, view, "any");
}
