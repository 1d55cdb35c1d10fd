import type { RowIdentity } from "@ratchet/contracts";

/** Every fiftieth row comes again: 2 %. */
const every = 50;

/** The share of rows that is held out. */
export const holdout = 0.2;

/** A number below 2^32 for each other one, as if drawn by chance; the mixing of MurmurHash3, which is public domain. */
function mixed(number: number): number {
  let value = number | 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

const isAgain = (row: number): boolean => row % every === every - 1;

/** Which row a row is: itself, or an earlier one that comes again. */
function originalOf(row: number): number {
  if (!isAgain(row)) return row;
  const earlier = mixed(row) % row;
  return isAgain(earlier) ? earlier - 1 : earlier;
}

/** How many of the first rows come again. */
export const duplicatesIn = (rows: number): number => Math.floor(rows / every);

/** The identity of a row by its number among all rows. */
export function syntheticRow(row: number): RowIdentity {
  const original = originalOf(row);
  return {
    unit: [mixed(original), original],
    label: original % 2,
    place: mixed(original + 0x9e3779b9) / 2 ** 32,
  };
}
