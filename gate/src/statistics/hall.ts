import { bisect } from "./bisect.ts";
import type { RatioRows } from "./ratio.ts";
import { studentQuantile, studentUpperTail } from "./student.ts";

/** Means, and sums of products around them: enough for the first three moments of numerator - ratio · denominator. */
interface Moments {
  readonly rows: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly squares: readonly [number, number, number];
  readonly cubes: readonly [number, number, number, number];
}

export function momentsOf({ numerators, denominators }: RatioRows): Moments {
  const rows = numerators.length;
  let numerator = 0;
  let denominator = 0;
  for (let row = 0; row < rows; row += 1) {
    numerator += (numerators[row] as number) / rows;
    denominator += (denominators[row] as number) / rows;
  }
  const squares: [number, number, number] = [0, 0, 0];
  const cubes: [number, number, number, number] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row += 1) {
    const a = (numerators[row] as number) - numerator;
    const b = (denominators[row] as number) - denominator;
    squares[0] += a * a;
    squares[1] += a * b;
    squares[2] += b * b;
    cubes[0] += a * a * a;
    cubes[1] += a * a * b;
    cubes[2] += a * b * b;
    cubes[3] += b * b * b;
  }
  return { rows, numerator, denominator, squares, cubes };
}

/** Mean, standard error and skewness over √n of numerator - ratio · denominator. */
function at({ rows, numerator, denominator, squares, cubes }: Moments, ratio: number) {
  const mean = numerator - ratio * denominator;
  const square = (squares[0] - 2 * ratio * squares[1] + ratio * ratio * squares[2]) / rows;
  const cube = (cubes[0] - 3 * ratio * cubes[1] + 3 * ratio ** 2 * cubes[2] - ratio ** 3 * cubes[3]) / rows;
  // What is left of rounding is no spread.
  const spread = square > 1e-24 * mean * mean ? square : 0;
  return {
    mean,
    error: Math.sqrt(spread / (rows - 1)),
    skew: spread === 0 ? 0 : cube / spread ** 1.5 / Math.sqrt(rows),
  };
}

/** Student's quantile, bent by the skewness: what a studentised mean exceeds as often as said. */
function bent(quantile: number, skew: number): number {
  if (Math.abs(skew) < 1e-8) return quantile;
  return (3 / skew) * (Math.cbrt(1 + skew * (quantile - skew / 6)) - 1);
}

/** Its inverse. */
const straight = (t: number, skew: number): number => t + (skew * t * t) / 3 + (skew * skew * t ** 3) / 27 + skew / 6;

/**
 * One-sided lower bound of a ratio, corrected for skewness.
 * Source: P. Hall, On the removal of skewness by transformation, JRSS B 54, 1992.
 */
export function hallLower(moments: Moments, alpha: number): number {
  const { rows, numerator, denominator } = moments;
  if (denominator === 0) return Number.NEGATIVE_INFINITY;
  const estimate = numerator / denominator;
  const low = estimate - 1e4 * (Math.abs(estimate) + at(moments, estimate).error / denominator);
  const quantile = studentQuantile(1 - alpha, rows - 1);
  const refuted = (ratio: number): boolean => {
    const { mean, error, skew } = at(moments, ratio);
    return mean - bent(quantile, skew) * error > 0;
  };
  return refuted(low) ? bisect(low, estimate, refuted) : Number.NEGATIVE_INFINITY;
}

/** How likely rows look this good or better where the ratio is no more than given. */
export function hallP(moments: Moments, ratio: number): number {
  const { mean, error, skew } = at(moments, ratio);
  if (error === 0) return mean > 0 ? 0 : 1;
  return studentUpperTail(straight(mean / error, skew), moments.rows - 1);
}
