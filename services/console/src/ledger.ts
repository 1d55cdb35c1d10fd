import { type Envelope, parseEnvelope, paths } from "@ratchet/contracts";
import type { DocumentStore } from "@ratchet/state";
import { modelOf, project } from "./project.ts";
import { type ModelView, modelView } from "./view.ts";

const parseView = (json: unknown): ModelView => modelView.parse(json);
/** By day and time, so that a listing is in the order of events. */
const eventPath = ({ time, id }: Envelope) => `events/${time.slice(0, 10)}/${time}-${encodeURIComponent(id)}.json`;

/** The record of events and the views made from it, in the container `ledger`. */
export interface Ledger {
  /** Keeps an event and brings its model's view up to date. Recording it again changes nothing. */
  record(event: Envelope): Promise<void>;
  /** Every recorded event, or those of one UTC day (`2026-11-23`), in order. */
  events(day?: string): AsyncIterable<Envelope>;
  models(): Promise<readonly string[]>;
  view(model: string): Promise<ModelView | undefined>;
  /** Makes all views anew from the record. */
  rebuild(): Promise<number>;
}

/** The ledger over its documents. */
export function createLedger(documents: DocumentStore): Ledger {
  async function* events(day?: string): AsyncIterable<Envelope> {
    for await (const path of documents.list(day ? `events/${day}/` : "events/")) {
      const stored = await documents.read(path, parseEnvelope);
      if (stored) yield stored.value;
    }
  }
  return {
    events,
    async record(event) {
      await documents.write(eventPath(event), event, "any");
      const model = modelOf(event);
      if (model !== undefined)
        await documents.update(paths.modelView(model), parseView, (view) => project(view, event));
    },
    async models() {
      const found: string[] = [];
      for await (const path of documents.list("models/")) found.push(path.slice("models/".length, -".json".length));
      return found;
    },
    async view(model) {
      return (await documents.read(paths.modelView(model), parseView))?.value;
    },
    async rebuild() {
      const views = new Map<string, ModelView>();
      let count = 0;
      for await (const event of events()) {
        count += 1;
        const model = modelOf(event);
        const next = model === undefined ? undefined : project(views.get(model), event);
        if (model !== undefined && next) views.set(model, next);
      }
      for (const [model, view] of views) await documents.write(paths.modelView(model), view, "any");
      return count;
    },
  };
}
