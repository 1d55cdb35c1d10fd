import type { Bond, RowGroup, SuspicionPolicy } from "@ratchet/contracts";
import { aligned, productAt } from "../profile/bond.ts";
import { dot, inverse, type Matrix, product, times, traceOfProduct, transposed } from "../statistics/matrix.ts";
import { studentLower } from "../statistics/tails.ts";
import type { Comparison } from "./comparison.ts";
import { percent } from "./words.ts";

/**
 * Labels against features. Each group of rows with about the same label has a mean in the coordinates of the features; the
 * directions that tell a group from the others are those of linear discriminant analysis, by the rows before. How far the
 * batch's own groups lie apart along them, as a share of how far they did before, is the fit: 1 where labels belong to their
 * rows as before, 0 where they were shuffled, 0.7 where three in ten were. A shift that all groups share cancels out.
 */

/** A group in both. */
interface Pair {
  readonly key: number;
  readonly batch: RowGroup;
  readonly before: RowGroup;
}

/** What a group says, or all together: in squared deviations, times rows. */
interface Fit {
  /** How much less its rows are told from the others along the directions of before, negative where less. */
  readonly change: number;
  /** How much they are to be. */
  readonly strength: number;
  readonly variance: number;
}

/** In the batch. It has more, but some may have numbers missing, and others labels that never came before. */
const fewestRows = 20;
const fewestBefore = 5;
/** A group says something by itself from so many rows on. */
const fewestInGroup = 10;

function pairsOf(batch: Bond, before: Bond): readonly Pair[] {
  const groups = new Map(before.groups.map((group) => [group.key, group]));
  return batch.groups.flatMap((group) => {
    const former = groups.get(group.key);
    return former && former.rows >= fewestBefore ? [{ key: group.key, batch: group, before: former }] : [];
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Sums of products as a square matrix, of some of the coordinates. */
function square({ products, mean }: RowGroup, coordinates: readonly number[]): Matrix {
  return coordinates.map((row) => coordinates.map((column) => products[productAt(row, column, mean.length)] ?? 0));
}

const scaledSum = (matrices: readonly (readonly [Matrix, number])[]): Matrix => {
  const [first] = matrices;
  if (!first) return [];
  return first[0].map((row, at) =>
    row.map((_, column) => sum(matrices.map(([matrix, factor]) => (matrix[at]?.[column] ?? 0) * factor))),
  );
};

/** The covariance of coordinates within groups, as before; those that never vary are left out. */
function within(pairs: readonly Pair[]): { readonly coordinates: readonly number[]; readonly covariance: Matrix } {
  const size = pairs[0]?.before.mean.length ?? 0;
  const degrees = Math.max(1, sum(pairs.map(({ before }) => before.rows - 1)));
  const variance = (at: number): number =>
    sum(pairs.map(({ before }) => before.products[productAt(at, at, size)] ?? 0)) / degrees;
  const coordinates = Array.from({ length: size }, (_, at) => at).filter((at) => variance(at) > 1e-12);
  return { coordinates, covariance: scaledSum(pairs.map(({ before }) => [square(before, coordinates), 1 / degrees])) };
}

/** The inverse of a covariance that is drawn to its diagonal, the more the fewer rows it is known by. */
function weighting(covariance: Matrix, rows: number): Matrix {
  const shrinkage = Math.min(1, Math.max(0.05, covariance.length / rows));
  return inverse(
    covariance.map((row, at) => row.map((value, column) => (at === column ? value : value * (1 - shrinkage)))),
  );
}

/** So many rows' worth of the covariance of all groups goes into that of each. */
const borrowedRows = 10;

/**
 * What each group says, and all of them. The mean of a group before is known by few rows, so directions are fitted to its
 * error too: what that is worth on average is taken out, what it varies by is counted in.
 */
function fitsOf(pairs: readonly Pair[]): { readonly whole: Fit; readonly groups: readonly Fit[] } {
  const { coordinates, covariance } = within(pairs);
  const rows = sum(pairs.map(({ batch }) => batch.rows));
  const weights = weighting(covariance, sum(pairs.map(({ before }) => before.rows)));
  const pick = (mean: readonly number[]): readonly number[] => coordinates.map((at) => mean[at] ?? 0);
  const groups = pairs.map(({ batch, before }) => {
    const degrees = batch.rows + before.rows - 2 + borrowedRows;
    const own = scaledSum([
      [square(batch, coordinates), 1 / degrees],
      [square(before, coordinates), 1 / degrees],
      [covariance, borrowedRows / degrees],
    ]);
    const weighted = product(weights, own);
    return {
      n: batch.rows,
      before: before.rows,
      share: batch.rows / rows,
      mean: pick(batch.mean),
      former: pick(before.mean),
      covariance: own,
      trace: traceOfProduct(weights, own),
      squaredTrace: traceOfProduct(weighted, transposed(weighted)),
    };
  });
  const average = (of: (group: (typeof groups)[number]) => readonly number[]): readonly number[] =>
    coordinates.map((_, at) => sum(groups.map((group) => group.share * (of(group)[at] ?? 0))));
  const [center, formerCenter] = [average(({ mean }) => mean), average(({ former }) => former)];
  const from = (mean: readonly number[], middle: readonly number[]) => mean.map((one, at) => one - (middle[at] ?? 0));

  const fits = groups.map((group): Fit & { readonly ofWhole: number } => {
    const { n, share, squaredTrace } = group;
    const place = from(group.former, formerCenter);
    const direction = times(weights, place);
    const noise = (of: typeof group): number => dot(direction, times(of.covariance, direction));
    const others = groups.filter((one) => one !== group);
    const bias =
      ((1 - share) ** 2 * group.trace) / group.before +
      sum(others.map((one) => (one.share ** 2 * one.trace) / one.before));
    const chance = squaredTrace * (1 / (n * group.before) + 2 / group.before ** 2);
    const shareOf = (of: typeof group): number => (of === group ? (1 - share) ** 2 : of.share ** 2);
    const variance = sum(groups.map((one) => shareOf(one) * (1 / one.n + 1 / one.before) * noise(one)));
    return {
      change: n * (dot(direction, from(group.mean, center)) - dot(direction, place) + bias),
      strength: n * (dot(direction, place) - bias),
      variance: n * n * (variance + chance),
      ofWhole: n * n * ((1 / n + 1 / group.before) * noise(group) + chance),
    };
  });
  return {
    groups: fits,
    whole: {
      change: sum(fits.map(({ change }) => change)),
      strength: sum(fits.map(({ strength }) => strength)),
      variance: sum(fits.map(({ ofWhole }) => ofWhole)),
    },
  };
}

const left = ({ change, strength }: Fit): number => (strength > 0 ? 1 + change / strength : 1);

/** The probability of as little fit by chance. */
const probabilityOf = ({ change, variance }: Fit, rows: number): number =>
  variance > 0 ? studentLower(change / Math.sqrt(variance), Math.max(1, rows - 1)) : 1;

/**
 * Whether labels go with the features as before: all together, and each group by itself.
 * @param naming the label's column, how to call it, and the labels of a group in words.
 */
export function compareLabelFit(
  bonds: { readonly batch: Bond; readonly before: Bond },
  {
    column,
    label,
    nameOf,
  }: { readonly column: string; readonly label: string; readonly nameOf: (key: number, level: number) => string },
  { minFit, minRows }: SuspicionPolicy,
): readonly Comparison[] {
  const [batch, before] = aligned(bonds.batch, bonds.before);
  const pairs = pairsOf(batch, before);
  const rows = sum(pairs.map((pair) => pair.batch.rows));
  if (pairs.length < 2 || rows < fewestRows || sum(pairs.map((pair) => pair.before.rows)) < minRows) return [];
  const { whole, groups } = fitsOf(pairs);
  if (whole.strength <= 0) return [];
  const named = pairs.map((pair, index) => ({
    name: nameOf(pair.key, batch.level),
    rows: pair.batch.rows,
    fit: groups[index] ?? whole,
  }));
  const bars = named
    .filter(({ fit }) => fit.strength > 0)
    .map(({ name, fit }) => ({ label: name, batch: Math.min(1.5, Math.max(0, left(fit))), before: 1 }));
  const shown = (fit: Fit): string => percent(Math.max(0, left(fit)));
  // To what people write: 1 - 0.8 is not 0.2 to a computer.
  const limit = Number((1 - minFit).toFixed(9));
  const told = { kind: "label-fit", column, limit, bars } as const;
  return [
    {
      ...told,
      probability: probabilityOf(whole, rows),
      effect: 1 - left(whole),
      sentence: () =>
        `The labels (${label}) do not go with the features as before: ${shown(whole)} of that relation is left, and ${percent(minFit)} is asked for.`,
    },
    ...named
      .filter(({ fit, rows: own }) => fit.strength > 0 && own >= fewestInGroup)
      .map(({ name, fit, rows: own }) => ({
        ...told,
        isPart: true,
        probability: probabilityOf(fit, own),
        effect: 1 - left(fit),
        sentence: () =>
          `Rows whose ${label} is ${name} do not look as such rows did before: ${shown(fit)} is left of what told them from others.`,
      })),
  ];
}
