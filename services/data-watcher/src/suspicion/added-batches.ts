import type { Admission, AdmittedProfile } from "@ratchet/contracts";

/** So many of the batches in a profile it names, those that were admitted last. */
export const mostNamed = 500;

type Named = AdmittedProfile["latest"][number];

/** A batch that came in after those in a profile. */
export interface AddedBatch extends Named {
  readonly rows: Admission["rows"];
}

/** Those of both that were admitted last. */
export function latestOf(batches: readonly Named[]): readonly Named[] {
  const latest = batches.map(({ batch, at }) => ({ batch, at }));
  return latest.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, mostNamed);
}

/**
 * The batches that came in by entries of the log, beside those that are in a profile.
 * @returns undefined where the profile is to be made anew: a batch of it may have been taken out or back, or nobody can tell
 *   whether one is in it.
 */
export function addedBatches(
  { latest }: Pick<AdmittedProfile, "latest">,
  entries: readonly Admission[],
): readonly AddedBatch[] | undefined {
  const named = new Set(latest.map(({ batch }) => batch));
  // Of batches that were admitted later than this, all that are in it are named.
  const allNamedAfter = latest.length < mostNamed ? "" : (latest.at(-1)?.at ?? "");
  const added = new Map<string, AddedBatch>();
  for (const { kind, batch, at, rows, cause, quarantined } of entries) {
    // What an operator says of a batch in quarantine is about none that was counted.
    if (quarantined && !named.has(batch) && !added.has(batch)) continue;
    if (kind === "withdrawn" || kind === "restored" || (kind === "admitted" && cause !== undefined)) return undefined;
    if (kind !== "admitted" || named.has(batch) || added.has(batch)) continue;
    if (at <= allNamedAfter) return undefined;
    added.set(batch, { batch, at, rows });
  }
  return [...added.values()];
}
