import { type Admissions, admissions, paths } from "@ratchet/contracts";
import type { Stores as MessagingStores } from "@ratchet/messaging";
import { type AdmissionsCommand, admissionsDeciderOf, initial } from "./admissions.ts";

/** What the data-watcher reads and writes: it owns `batches`, and reads `drops` and `definitions`. */
export type Stores = MessagingStores<"data-watcher">;

/** The names of all models that were ever applied. */
export async function* modelNames(stores: Stores): AsyncGenerator<string> {
  yield* stores.blobs("definitions").folders();
}

export async function readAdmissions(stores: Stores, model: string): Promise<Admissions> {
  const stored = await stores.documents("batches").read(paths.admissions(model), admissions);
  return stored?.value ?? initial(model);
}

/** Moves a model's admissions by a command, and gives them as they then are. */
export async function moveAdmissions(stores: Stores, model: string, command: AdmissionsCommand): Promise<Admissions> {
  const path = paths.admissions(model);
  return (await stores.documents("batches").move(path, admissions, admissionsDeciderOf(model), command)).after;
}
