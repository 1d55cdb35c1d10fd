import { type BatchProfile, batchProfile, type Definition, paths, rowReader, shortDigest } from "@ratchet/contracts";
import { storedRows, UnreadableRowsError } from "@ratchet/formats/stored-rows";
import { type Profile, profileRows } from "@ratchet/suspicion";
import type { Stores } from "../stores.ts";

/** What a profile depends on beside the rows. */
export function schemaOf({ task, data }: Pick<Definition, "task" | "data">): string {
  const { label } = data;
  const columns = rowReader({ task, data }).columns.map(({ name, type, feature, min, max, values, origin }) => ({
    ...{ name, type, feature, min, max, values, origin },
  }));
  return shortDigest({ task, label, columns });
}

/** Keeps the profile of a batch: made twice of the same rows, it is the same. */
export async function keepProfile(stores: Stores, model: string, batch: string, kept: BatchProfile): Promise<void> {
  // Thousands of short arrays: indented, they would be several times as large.
  const content = JSON.stringify(batchProfile.toJson(kept));
  const how = { expected: "any", contentType: "application/json" } as const;
  await stores.blobs("batches").write(paths.batchProfile(model, batch), content, how);
}

/** How many fields may still be read to make profiles of batches that have none. */
export interface Allowance {
  fields: number;
}

/** About half a minute: a batch that would take longer is left out. */
export const fieldsReadAtMost = 50_000_000;

/** A batch of which the profile is wanted. */
interface Wanted {
  readonly batch: string;
  /** How many it has; unknown of batches from before that was said. */
  readonly rows?: { readonly train: number; readonly holdout: number } | undefined;
}

/** The rows of a batch that is there; undefined where they do not fit the present schema, or are gone. */
async function profileStored(
  stores: Stores,
  { model, ...definition }: Pick<Definition, "model" | "task" | "data">,
  batch: string,
): Promise<Profile | undefined> {
  const profiling = profileRows(definition);
  const { columns } = rowReader(definition);
  try {
    for (const path of [paths.batchTrain(model, batch), paths.batchHoldout(model, batch)]) {
      const content = await stores.blobs("batches").open(path);
      if (!content) return undefined;
      for await (const row of storedRows(content, columns, `batch ${batch}`)) {
        if (row instanceof UnreadableRowsError) return undefined;
        profiling.add(row.texts);
      }
    }
  } catch (error) {
    if (error instanceof UnreadableRowsError) return undefined;
    throw error;
  }
  return profiling.end();
}

/**
 * The profile of a batch by the present schema. One that was kept by another schema, or not at all, is made of the batch's
 * rows and kept, as far as is allowed; else it is as it was kept.
 * @returns undefined where there is none.
 */
export async function profileOfBatch(
  stores: Stores,
  definition: Pick<Definition, "model" | "task" | "data">,
  { batch, rows }: Wanted,
  allowance: Allowance,
): Promise<Profile | undefined> {
  const { model } = definition;
  const schema = schemaOf(definition);
  const kept = (await stores.documents("batches").read(paths.batchProfile(model, batch), batchProfile))?.value;
  if (kept?.schema === schema) return kept;
  const fields = rows ? (rows.train + rows.holdout) * rowReader(definition).columns.length : Number.POSITIVE_INFINITY;
  if (fields > allowance.fields) return kept;
  allowance.fields -= fields;
  const made = await profileStored(stores, definition, batch);
  if (!made) return kept;
  await keepProfile(stores, model, batch, { schema, ...made });
  return made;
}
