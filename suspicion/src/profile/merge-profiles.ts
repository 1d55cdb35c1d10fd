import { type Bond, type ColumnProfile, columnRoles, type NumbersColumn, type Profile } from "@ratchet/contracts";
import { mergeBonds } from "./bond.ts";
import { mergeNumbers } from "./numbers.ts";
import { emptyProfile } from "./profile.ts";
import { inOrder } from "./profile-rows.ts";
import { mergeValues } from "./values.ts";

function mergeColumns(one: ColumnProfile, other: ColumnProfile): ColumnProfile {
  const { name } = one;
  const base = {
    name,
    role: columnRoles.find((role) => role === one.role || role === other.role) ?? "other",
    missing: one.missing + other.missing,
  };
  if (one.kind === "values")
    return other.kind === "values" ? { ...base, kind: one.kind, ...mergeValues(one, other) } : one;
  return { ...base, kind: one.kind, ...mergeNumbers(one, other as NumbersColumn) };
}

/** All columns of both, those of the same name and kind merged. */
function columnsOf(one: Profile, other: Profile): readonly ColumnProfile[] {
  const key = ({ name, kind }: ColumnProfile): string => `${kind} ${name}`;
  const merged = new Map(one.columns.map((column) => [key(column), column]));
  for (const column of other.columns) {
    const before = merged.get(key(column));
    merged.set(key(column), before ? mergeColumns(before, column) : column);
  }
  return [...merged.values()].sort(inOrder);
}

function bondsOf(one: Profile, other: Profile): Readonly<Record<string, Bond>> {
  const merged = new Map(Object.entries(one.bonds));
  for (const [made, bond] of Object.entries(other.bonds)) {
    const before = merged.get(made);
    merged.set(made, before ? mergeBonds(before, bond) : bond);
  }
  return Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The profile of the rows of both. Which comes first, and what was merged before, makes no difference. */
export const mergeProfiles = (one: Profile, other: Profile): Profile => ({
  rows: one.rows + other.rows,
  columns: columnsOf(one, other),
  bonds: bondsOf(one, other),
});

/** The profile of the rows of all. */
export const mergeAll = (profiles: Iterable<Profile>): Profile => {
  let merged = emptyProfile;
  for (const profile of profiles) merged = mergeProfiles(merged, profile);
  return merged;
};
