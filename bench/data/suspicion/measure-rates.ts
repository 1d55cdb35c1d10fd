import { compare, type SuspicionPolicy, usualPolicy } from "@ratchet/suspicion";
import { profileOf, type Table } from "@ratchet/suspicion/testing";
import { rateOf } from "../../lib/rate.ts";
import { type Poisoning, poisoningsOf } from "./poisonings.ts";
import type { Clean, Poisoned } from "./results.ts";
import { type Split, splits } from "./splits.ts";

export interface Trials {
  readonly size: number;
  readonly clean: number;
  readonly poisoned: number;
}

function* someSplits(table: Table, size: number, trials: number): Generator<Split> {
  let left = trials;
  for (let seed = 1; left > 0; seed += 1)
    for (const split of splits(table, size, seed * 7919 + size)) {
      if (left === 0) return;
      left -= 1;
      yield split;
    }
}

const ofNothing: SuspicionPolicy = { ...usualPolicy, maxPsi: 0, maxShare: 0, minFit: 1 };

/** How often batches stand out that are like those before. */
export function measureClean(table: Table, { size, clean }: Trials): Clean {
  let [standOut, byChance, rowsBefore] = [0, 0, 0];
  for (const split of someSplits(table, size, clean)) {
    rowsBefore = split.before.rows;
    if (compare(split, table.definition, usualPolicy).standsOut) standOut += 1;
    if (compare(split, table.definition, ofNothing).standsOut) byChance += 1;
  }
  const rates = { standsOut: rateOf(standOut, clean), byChanceAlone: rateOf(byChance, clean) };
  return { table: table.name, rows: size, rowsBefore, ...rates };
}

const mostOften = (words: readonly string[]): string => {
  const counts = Map.groupBy(words, (word) => word);
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? "";
};

function measurePoisoning(table: Table, splitsOf: readonly Split[], { name, poison }: Poisoning): Poisoned {
  const kinds: string[] = [];
  for (const [index, { rows, before }] of splitsOf.entries()) {
    const batch = profileOf(table, poison(rows, index + 1));
    const { findings } = compare({ batch, before }, table.definition, usualPolicy);
    const [first] = findings;
    if (first) kinds.push(first.column === undefined ? first.kind : `${first.kind} of ${first.column}`);
  }
  return {
    table: table.name,
    rows: splitsOf[0]?.rows.length ?? 0,
    poisoning: name,
    found: rateOf(kinds.length, splitsOf.length),
    as: mostOften(kinds),
  };
}

/** How often each thing that was done to a batch is found. */
export function measurePoisoned(table: Table, { size, poisoned }: Trials): readonly Poisoned[] {
  const some = [...someSplits(table, size, poisoned)];
  return poisoningsOf(table).map((poisoning) => measurePoisoning(table, some, poisoning));
}
