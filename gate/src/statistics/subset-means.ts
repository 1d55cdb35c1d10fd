import { type Draw, seededDraw, seededWords } from "./random.ts";
import type { RatioRows } from "./ratio.ts";

/** More rows than this are put into this many random groups that are drawn whole: as good, and the work stays bounded. */
const mostGroups = 2_048;
export const fewestSubsets = 9_999;
const mostSubsets = 999_999;
/** So many subsets at least have to lie below a bound, or it hangs on chance. */
const fewestBelow = 10;

/** How many subsets a bound at `alpha` takes; undefined where it would take too many. */
export function subsetsFor(alpha: number): number | undefined {
  const wanted = Math.max(fewestSubsets, Math.ceil(fewestBelow / alpha) - 1);
  return wanted <= mostSubsets ? wanted : undefined;
}

/** Rows in an order that follows from what they say alone. */
function inOrder({ numerators, denominators }: RatioRows): Uint32Array {
  const order = Uint32Array.from(numerators, (_, row) => row);
  return order.sort(
    (a, b) =>
      (numerators[a] as number) - (numerators[b] as number) ||
      (denominators[a] as number) - (denominators[b] as number),
  );
}

function shuffle(order: Uint32Array, draw: Draw): void {
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = draw(last + 1);
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
}

/**
 * Rows, or groups of them, eight by eight: for each eight and each of their 256 subsets the sum of numerators and, next to it, that
 * of denominators.
 */
interface Eights {
  readonly count: number;
  readonly sums: Float64Array;
}

/** Adds a value to the subsets of an eight that it is in: each is a subset without it, and it. */
function addToSubsets(sums: Float64Array, start: number, bit: number, above: number, below: number): void {
  const own = 1 << bit;
  for (let subset = own; subset < 2 * own; subset += 1) {
    const [place, without] = [start + 2 * subset, start + 2 * (subset - own)];
    sums[place] = (sums[without] as number) + above;
    sums[place + 1] = (sums[without + 1] as number) + below;
  }
}

function eightsOf(rows: RatioRows, seed: string): Eights {
  const { numerators, denominators } = rows;
  const order = inOrder(rows);
  const groups = Math.min(order.length, mostGroups);
  if (groups < order.length) shuffle(order, seededDraw(`${seed} groups`));
  const count = Math.ceil(groups / 8);
  const sums = new Float64Array(count * 512);
  for (let group = 0; group < count * 8; group += 1) {
    let [above, below] = [0, 0];
    for (let place = group; group < groups && place < order.length; place += groups) {
      const row = order[place] as number;
      above += numerators[row] as number;
      below += denominators[row] as number;
    }
    addToSubsets(sums, (group >> 3) * 512, group & 7, above, below);
  }
  return { count, sums };
}

/**
 * The ratios of random subsets of the rows, each row in or out by a coin; a subset with nothing in it has none that is low enough.
 * Where no row speaks for either side they lie around the ratio as it lies around the truth, so the bound that leaves out
 * `alpha` of them is exact for symmetric rows. Source: J. A. Hartigan, Using subsample values as typical values, JASA 64, 1969.
 */
export function subsetRatios(rows: RatioRows, subsets: number, seed: string): Float64Array {
  const { count, sums } = eightsOf(rows, seed);
  const next = seededWords(seed);
  const ratios = new Float64Array(subsets);
  for (let subset = 0; subset < subsets; subset += 1) {
    let above = 0;
    let below = 0;
    let bits = 0;
    for (let at = 0; at < count; at += 1) {
      bits = at % 4 === 0 ? next() : bits >>> 8;
      const place = at * 512 + 2 * (bits & 255);
      above += sums[place] as number;
      below += sums[place + 1] as number;
    }
    ratios[subset] = below > 0 ? above / below : Number.NEGATIVE_INFINITY;
  }
  return ratios.sort();
}

/** The one-sided lower bound at `alpha` that sorted ratios of subsets give. */
export const subsetLower = (ratios: Float64Array, alpha: number): number =>
  ratios[Math.floor(alpha * (ratios.length + 1)) - 1] ?? Number.NEGATIVE_INFINITY;

/** How likely rows look this good or better where the ratio is no more than given, by sorted ratios of subsets. */
export function subsetP(ratios: Float64Array, ratio: number): number {
  let low = 0;
  let high = ratios.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ratios[middle] as number) <= ratio) low = middle + 1;
    else high = middle;
  }
  return (low + 1) / (ratios.length + 1);
}
