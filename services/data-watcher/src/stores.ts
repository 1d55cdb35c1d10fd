import type { ContainerClient } from "@azure/storage-blob";
import { type Admissions, type AppliedDefinition, admissions, paths } from "@ratchet/contracts";
import { type DocumentStore, readAppliedDefinition } from "@ratchet/state";
import { type AdmissionsEvent, evolve, noAdmissions } from "./admissions.ts";

/** What the data-watcher reads and writes. */
export interface Stores {
  readonly drops: ContainerClient;
  readonly batches: ContainerClient;
  /** Documents of the container `batches`: manifests and admissions. */
  readonly documents: DocumentStore;
  readonly definitions: ContainerClient;
  readonly definitionDocuments: DocumentStore;
}

/** @throws {UnknownModelError} where no model of that name is applied. */
export const appliedDefinition = (
  { definitionDocuments }: Pick<Stores, "definitionDocuments">,
  model: string,
): Promise<AppliedDefinition> => readAppliedDefinition(definitionDocuments, model);

/** The names of all models that were ever applied. */
export async function* modelNames({ definitions }: Pick<Stores, "definitions">): AsyncGenerator<string> {
  for await (const item of definitions.listBlobsByHierarchy("/"))
    if (item.kind === "prefix") yield item.name.slice(0, -1);
}

export async function readAdmissions({ documents }: Pick<Stores, "documents">, model: string): Promise<Admissions> {
  const stored = await documents.read(paths.admissions(model), admissions.parse);
  return stored?.value ?? noAdmissions(model);
}

/** Records what happened, by compare-and-swap, and gives the admissions as they then are. */
export async function record(
  { documents }: Pick<Stores, "documents">,
  model: string,
  event: AdmissionsEvent,
): Promise<Admissions> {
  let after = noAdmissions(model);
  await documents.update(paths.admissions(model), admissions.parse, (stored) => {
    const before = stored ?? noAdmissions(model);
    after = evolve(before, event);
    return after === before ? undefined : after;
  });
  return after;
}
