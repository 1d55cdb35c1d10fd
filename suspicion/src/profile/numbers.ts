import type { NumbersColumn } from "@ratchet/contracts";
import { type CoarseMap, fitted, keyAt, mergedMaps } from "./coarse-map.ts";
import { orderedKey } from "./ordered-key.ts";

/** What is kept of a column's numbers. */
export type Numbers = Pick<NumbersColumn, "present" | "min" | "max" | "mean" | "squares" | "most" | "level" | "bins">;

const add = (one: number, other: number): number => one + other;

const mapOf = ({ most, level, bins }: Numbers): CoarseMap<number> => ({
  most,
  level,
  entries: new Map(bins),
});

const binsOf = ({ level, entries }: CoarseMap<number>): Pick<Numbers, "level" | "bins"> => ({
  level,
  bins: [...entries].sort(([a], [b]) => a - b),
});

/** Takes a column's numbers one by one; `most` bins are kept. */
export function gatherNumbers(most: number): { add(value: number): void; end(): Numbers } {
  let [present, mean, squares, level] = [0, 0, 0, 0];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let counts = new Map<number, number>();
  // Many columns have one number again and again: it is looked up once for all that follow each other.
  let [latest, times] = [Number.NaN, 0];

  function count(): void {
    if (times === 0) return;
    const key = keyAt(orderedKey(latest), level);
    const before = counts.get(key);
    counts.set(key, (before ?? 0) + times);
    if (before !== undefined || counts.size <= most) return;
    const map = fitted({ most, level, entries: counts }, add);
    level = map.level;
    counts = new Map(map.entries);
  }

  return {
    add(value) {
      present += 1;
      const delta = value - mean;
      mean += delta / present;
      squares += delta * (value - mean);
      if (value < min) min = value;
      if (value > max) max = value;
      if (value !== latest) {
        count();
        [latest, times] = [value, 0];
      }
      times += 1;
    },
    end() {
      count();
      times = 0;
      const range = present > 0 ? { min, max } : {};
      return { present, ...range, mean, squares, most, ...binsOf({ most, level, entries: counts }) };
    },
  };
}

/** Source of mean and squares: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979. */
export function mergeNumbers(one: Numbers, other: Numbers): Numbers {
  const present = one.present + other.present;
  const map = mergedMaps(mapOf(one), mapOf(other), add);
  const kept = { most: map.most, ...binsOf(map) };
  if (present === 0) return { present, mean: 0, squares: 0, ...kept };
  const delta = other.mean - one.mean;
  return {
    present,
    min: Math.min(one.min ?? Number.POSITIVE_INFINITY, other.min ?? Number.POSITIVE_INFINITY),
    max: Math.max(one.max ?? Number.NEGATIVE_INFINITY, other.max ?? Number.NEGATIVE_INFINITY),
    mean: one.mean + (delta * other.present) / present,
    squares: one.squares + other.squares + (delta * delta * one.present * other.present) / present,
    ...kept,
  };
}
