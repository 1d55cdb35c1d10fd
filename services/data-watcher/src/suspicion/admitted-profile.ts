import { type AdmittedProfile, admission, admittedProfile, type Definition, paths } from "@ratchet/contracts";
import { ConflictError, readAdmissions } from "@ratchet/state";
import { emptyProfile, mergeProfiles, type Profile } from "@ratchet/suspicion";
import type { Stores } from "../stores.ts";
import { addedBatches, latestOf } from "./added-batches.ts";
import { fieldsReadAtMost, profileOfBatch, schemaOf } from "./batch-profiles.ts";

type Described = Pick<Definition, "model" | "task" | "data">;

/** So many entries that bring no batch are read again each time; with more it is written down that they were read. */
const readAgainAtMost = 100;

interface Merged {
  readonly profile: Profile;
  readonly leftOut: number;
}

/** Merges batches into a profile, one after the other: never more than two are held. */
async function merge(
  stores: Stores,
  definition: Described,
  before: Merged,
  batches: readonly Parameters<typeof profileOfBatch>[2][],
): Promise<Merged> {
  const allowance = { fields: fieldsReadAtMost };
  let { profile, leftOut } = before;
  for (const one of batches) {
    const own = await profileOfBatch(stores, definition, one, allowance);
    if (own) profile = mergeProfiles(profile, own);
    else leftOut += (one.rows?.train ?? 0) + (one.rows?.holdout ?? 0);
  }
  return { profile, leftOut };
}

/** Makes the profile of all that a model has admitted, whatever there was before. */
async function makeAnew(stores: Stores, definition: Described): Promise<AdmittedProfile> {
  const { model } = definition;
  const { all, batches, position } = await readAdmissions(stores, model);
  const { profile, leftOut } = await merge(stores, definition, { profile: emptyProfile, leftOut: 0 }, batches);
  return {
    model,
    through: position,
    schema: schemaOf(definition),
    latest: latestOf(all.map(({ batch, admittedAt: at }) => ({ batch, at }))),
    leftOut,
    ...profile,
  };
}

/** The profile with what came in since; the very same where nothing did, undefined where it is to be made anew. */
async function goOn(
  stores: Stores,
  definition: Described,
  known: AdmittedProfile,
): Promise<AdmittedProfile | undefined> {
  if (known.schema !== schemaOf(definition)) return undefined;
  const { model, through, latest, leftOut = 0 } = known;
  const log = stores.documents("batches").log(paths.admissionLog(model), admission);
  const logged = await Array.fromAsync(log.entries(through));
  const added = addedBatches(
    known,
    logged.map(({ entry }) => entry),
  );
  if (!added) return undefined;
  if (added.length === 0 && logged.length <= readAgainAtMost) return known;
  const merged = await merge(stores, definition, { profile: known, leftOut }, added);
  return {
    ...known,
    ...merged.profile,
    leftOut: merged.leftOut,
    through: logged.at(-1)?.position ?? through,
    latest: latestOf([...latest, ...added]),
  };
}

/**
 * The profile of all rows that a model has admitted, up to a position in its log that it says. It costs what came in since it
 * was asked for last; made anew it is only where an operator took a batch out or in, or the schema has changed.
 */
export async function profileOfAdmitted(stores: Stores, definition: Described): Promise<AdmittedProfile> {
  const path = paths.admittedProfile(definition.model);
  const stored = await stores.documents("batches").read(path, admittedProfile);
  const known = stored && (await goOn(stores, definition, stored.value));
  if (known && known === stored?.value) return known;
  const profile = known ?? (await makeAnew(stores, definition));
  if (profile.rows === 0) return profile;
  try {
    const content = JSON.stringify(admittedProfile.toJson(profile));
    const how = { expected: stored?.etag ?? "absent", contentType: "application/json" };
    await stores.blobs("batches").write(path, content, how);
  } catch (error) {
    // Somebody else was first, with about the same; this one is as true.
    if (!(error instanceof ConflictError)) throw error;
  }
  return profile;
}
