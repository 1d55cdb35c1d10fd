import { mergeProfiles, type Profile } from "@ratchet/suspicion";
import { profileOf, randomFrom, shuffled, type Table } from "@ratchet/suspicion/testing";

/** A batch, and the profile of all rows that are not in it. */
export interface Split {
  readonly rows: Table["rows"];
  readonly batch: Profile;
  readonly before: Profile;
}

/** Disjoint batches of a table's rows, in an order by lot, each with all other batches as those before it. */
export function* splits(table: Table, size: number, seed: number): Generator<Split> {
  const rows = shuffled(table.rows, randomFrom(seed));
  const batches = Array.from({ length: Math.floor(rows.length / size) }, (_, index) =>
    rows.slice(index * size, (index + 1) * size),
  );
  const profiles = batches.map((batch) => profileOf(table, batch));
  // All others are those on the left, merged one by one, and those on the right.
  const rights: (Profile | undefined)[] = [];
  for (const [index] of profiles.entries()) {
    const at = profiles.length - 1 - index;
    rights[at] = both(profiles[at + 1], rights[at + 1]);
  }
  let left: Profile | undefined;
  for (const [index, batch] of profiles.entries()) {
    const before = both(left, rights[index]);
    if (before) yield { rows: batches[index] ?? [], batch, before };
    left = both(left, batch);
  }
}

const both = (one: Profile | undefined, other: Profile | undefined): Profile | undefined =>
  one && other ? mergeProfiles(one, other) : (one ?? other);
