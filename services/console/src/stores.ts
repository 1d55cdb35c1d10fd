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

interface KeptEvent {
  readonly path: string;
  readonly event: Envelope;
}

/** Every kept event, or those of one UTC day (`2026-11-23`), in order; without those at paths that are known. */
export async function* keptEvents(
  stores: Stores,
  { day, known }: { readonly day?: string; readonly known?: ReadonlySet<string> } = {},
): AsyncGenerator<KeptEvent> {
  for await (const path of ledger(stores).list(day ? `events/${day}/` : "events/")) {
    if (known?.has(path)) continue;
    const stored = await ledger(stores).read(path, keptEnvelope);
    if (stored) yield { path, event: stored.value };
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

/** The version of each view that is there, by its path, whatever has become of its content. */
export async function viewVersions(stores: Stores): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  // A listing gives ETags without the quotation marks that a condition has.
  // A listing gives ETags without the quotation marks that a condition has.
  for await (const { path, etag } of stores.blobs("ledger").list("models/"))
    versions.set(path, `"${etag.replaceAll('"', "")}"`);
  return versions;
}

/**
 * Puts a view in the place of the version that was there.
 * @throws {ConflictError} when another is there by now.
 */
export async function replaceView(
  stores: Stores,
  view: ModelView,
  versions: ReadonlyMap<string, string>,
): Promise<void> {
  const path = paths.modelView(view.model);
  await ledger(stores).write(path, modelView, view, versions.get(path) ?? "absent");
}
