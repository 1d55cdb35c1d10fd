import type { ModelView } from "@ratchet/contracts";
import { ConflictError } from "@ratchet/state";
import type { Console } from "./console.ts";
import { evolve, initial, modelOf } from "./model-view.ts";
import { keptEvents, replaceView, viewVersions } from "./stores.ts";

/** How often a view may be ahead of a rebuild. Each time only what has come in meanwhile is read. */
const rounds = 20;

/**
 * Makes all views anew from the record, and gives how many events it holds.
 *
 * Events go on being recorded meanwhile: each is kept, then moves its model's view. So a view is replaced in the version
 * that it had before the record was read, and in no other. What was told to that version was kept before, and has been read
 * here; whoever tells a view something later finds the new one, or has made a version that is not replaced but taken up
 * in the next round.
 * @throws {ConflictError} when events came in for one model faster than they could be read, twenty times in a row.
 */
export async function rebuildViews({ stores }: Console): Promise<number> {
  const known = new Set<string>();
  const views = new Map<string, ModelView>();
  const replaced = new Set<string>();
  for (let round = 1; ; round += 1) {
    const versions = await viewVersions(stores);
    for await (const { path, event } of keptEvents(stores, { known })) {
      known.add(path);
      const model = modelOf(event);
      if (model !== undefined) views.set(model, evolve(views.get(model) ?? initial(model), event));
    }
    let behind: ConflictError | undefined;
    for (const [model, view] of views) {
      if (replaced.has(model)) continue;
      try {
        await replaceView(stores, view, versions);
        replaced.add(model);
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        behind = error;
      }
    }
    if (!behind) return known.size;
    if (round === rounds) throw behind;
  }
}
