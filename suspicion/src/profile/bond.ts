import type { Bond, RowGroup } from "@ratchet/contracts";
import { type CoarseMap, fitted, keyAt, mergedMaps } from "./coarse-map.ts";

/** So many groups of labels at most; where there are more, neighbours are joined. */
const mostGroups = 16;

/** The name of a bond among a profile's: of rows that have all numbers, or of those that do not. */
export const bondName = (made: string, isComplete: boolean): string => (isComplete ? made : `${made} incomplete`);

export const isOfIncomplete = (name: string): boolean => name.endsWith(" incomplete");

/** Where the product of two coordinates stands in the upper triangle. */
export const productAt = (one: number, other: number, count: number): number => {
  const [row, column] = one < other ? [one, other] : [other, one];
  return row * count - (row * (row - 1)) / 2 + column - row;
};

type GroupStatistics = Omit<RowGroup, "key">;

/** Source: Chan, Golub and LeVeque, 1979, for products as for squares. */
function joinGroups(one: GroupStatistics, other: GroupStatistics): GroupStatistics {
  const rows = one.rows + other.rows;
  const apart = one.mean.map((mean, at) => (other.mean[at] ?? 0) - mean);
  const weight = (one.rows * other.rows) / rows;
  const products = [...one.products];
  let at = 0;
  for (const [row, delta] of apart.entries())
    for (let column = row; column < apart.length; column += 1) {
      products[at] = (products[at] ?? 0) + (other.products[at] ?? 0) + delta * (apart[column] ?? 0) * weight;
      at += 1;
    }
  return { rows, mean: one.mean.map((mean, index) => mean + ((apart[index] ?? 0) * other.rows) / rows), products };
}

const mapOf = ({ most, level, groups }: Bond): CoarseMap<GroupStatistics> => ({
  most,
  level,
  entries: new Map(groups.map(({ key, ...group }) => [key, group])),
});

const bondOf = ({ most, level, entries }: CoarseMap<GroupStatistics>): Bond => ({
  most,
  level,
  groups: [...entries].sort(([a], [b]) => a - b).map(([key, group]) => ({ key, ...group })),
});

export const mergeBonds = (one: Bond, other: Bond): Bond => bondOf(mergedMaps(mapOf(one), mapOf(other), joinGroups));

/** Both at the same level, so that their groups are of the same labels. */
export function aligned(one: Bond, other: Bond): readonly [Bond, Bond] {
  const level = Math.max(one.level, other.level);
  const at = (bond: Bond): Bond => (bond.level === level ? bond : mergeBonds(bond, { ...bond, level, groups: [] }));
  return [at(one), at(other)];
}

/** A group that grows in place. */
interface Growing {
  rows: number;
  readonly mean: Float64Array;
  readonly products: Float64Array;
}

/** Source: Welford, "Note on a method for calculating corrected sums of squares and products", 1962. */
function grow(group: Growing, coordinates: Float64Array, apart: Float64Array): void {
  const { mean, products } = group;
  const count = coordinates.length;
  group.rows += 1;
  for (let at = 0; at < count; at += 1) {
    const delta = (coordinates[at] ?? 0) - (mean[at] ?? 0);
    apart[at] = delta;
    mean[at] = (mean[at] ?? 0) + delta / group.rows;
  }
  const weight = (group.rows - 1) / group.rows;
  let product = 0;
  for (let row = 0; row < count; row += 1) {
    const delta = (apart[row] ?? 0) * weight;
    for (let column = row; column < count; column += 1) {
      products[product] = (products[product] ?? 0) + delta * (apart[column] ?? 0);
      product += 1;
    }
  }
}

const plain = ({ rows, mean, products }: Growing): GroupStatistics => ({
  rows,
  mean: [...mean],
  products: [...products],
});

const growing = ({ rows, mean, products }: GroupStatistics): Growing => ({
  rows,
  mean: Float64Array.from(mean),
  products: Float64Array.from(products),
});

/** Takes the coordinates of rows one by one, each with its label as a whole number. */
export function gatherBond(count: number): { add(label: number, coordinates: Float64Array): void; end(): Bond } {
  let level = 0;
  let groups = new Map<number, Growing>();
  const apart = new Float64Array(count);
  const map = (): CoarseMap<GroupStatistics> => ({
    most: mostGroups,
    level,
    entries: new Map([...groups].map(([key, group]) => [key, plain(group)])),
  });

  return {
    add(label, coordinates) {
      const key = keyAt(label, level);
      let group = groups.get(key);
      if (!group) {
        group = { rows: 0, mean: new Float64Array(count), products: new Float64Array((count * (count + 1)) / 2) };
        groups.set(key, group);
      }
      grow(group, coordinates, apart);
      if (groups.size <= mostGroups) return;
      const coarse = fitted(map(), joinGroups);
      level = coarse.level;
      groups = new Map([...coarse.entries].map(([at, one]) => [at, growing(one)]));
    },
    end: () => bondOf(map()),
  };
}
