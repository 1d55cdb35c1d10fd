import { type Admissions, admissions, paths } from "@ratchet/contracts";
import type { Stores as MessagingStores } from "@ratchet/messaging";
import { type AdmissionsEvent, evolve, noAdmissions } from "./admissions.ts";

/** What the data-watcher reads and writes: it owns `batches`, and reads `drops` and `definitions`. */
export type Stores = MessagingStores<"data-watcher">;

/** The names of all models that were ever applied. */
export async function* modelNames(stores: Stores): AsyncGenerator<string> {
  for await (const item of stores.container("definitions").listBlobsByHierarchy("/"))
    if (item.kind === "prefix") yield item.name.slice(0, -1);
}

export async function readAdmissions(stores: Stores, model: string): Promise<Admissions> {
  const stored = await stores.documents("batches").read(paths.admissions(model), admissions);
  return stored?.value ?? noAdmissions(model);
}

/** Records what happened, by compare-and-swap, and gives the admissions as they then are. */
export async function record(stores: Stores, model: string, event: AdmissionsEvent): Promise<Admissions> {
  let after = noAdmissions(model);
  await stores.documents("batches").update(paths.admissions(model), admissions, (stored) => {
    const before = stored ?? noAdmissions(model);
    after = evolve(before, event);
    return after === before ? undefined : after;
  });
  return after;
}
