import { rootBelow } from "./bisect.ts";
import { normalCdf } from "./normal.ts";

/** Values, each with how often it occurs, in rising order: rows of classifiers have few different ones. */
export interface Tally {
  readonly values: Float64Array;
  readonly counts: Float64Array;
  readonly rows: number;
  readonly mean: number;
}

export function tally(values: Float64Array): Tally {
  const sorted = values.slice().sort();
  const different = new Float64Array(sorted.length);
  const counts = new Float64Array(sorted.length);
  let found = 0;
  let sum = 0;
  for (const value of sorted) {
    if (found === 0 || different[found - 1] !== value) {
      different[found] = value;
      found += 1;
    }
    counts[found - 1] = (counts[found - 1] ?? 0) + 1;
    sum += value;
  }
  return {
    values: different.slice(0, found),
    counts: counts.slice(0, found),
    rows: sorted.length,
    mean: sum / Math.max(sorted.length, 1),
  };
}

/** Σ count · z / (1 - s z), and the same of its square, with z = value - shift. The hot loop of all of this. */
function tilted({ values, counts }: Tally, floor: number, shift: number, s: number): readonly [number, number] {
  const first = (floor - shift) / (1 - s * (floor - shift));
  let sum = first;
  let squares = first * first;
  for (let at = 0; at < values.length; at += 1) {
    const z = (values[at] as number) - shift;
    const term = z / (1 - s * z);
    const weighted = (counts[at] as number) * term;
    sum += weighted;
    squares += weighted * term;
  }
  return [sum, squares];
}

function logarithms({ values, counts }: Tally, floor: number, shift: number, s: number): number {
  let sum = Math.log1p(-s * (floor - shift));
  for (let at = 0; at < values.length; at += 1)
    sum += (counts[at] as number) * Math.log1p(-s * ((values[at] as number) - shift));
  return sum;
}

/** Where Σ z / (1 - s z) = 0: Newton's method, which bisection keeps within what is known to enclose it. */
function saddlepoint(
  improvements: Tally,
  floor: number,
  shift: number,
): { readonly s: number; readonly spread: number } {
  let low = 1 / (floor - shift);
  let high = 0;
  let s = 0;
  for (let step = 0; step < 200; step += 1) {
    const [sum, squares] = tilted(improvements, floor, shift, s);
    if (sum > 0) high = s;
    else low = s;
    const spread = Math.sqrt(squares);
    if (Math.abs(sum) <= 1e-10 * spread) return { s, spread };
    const next = s - sum / squares;
    s = next > low && next < high ? next : (low + high) / 2;
  }
  return { s, spread: Math.sqrt(tilted(improvements, floor, shift, s)[1]) };
}

/**
 * How likely rows look this good or better where the mean improvement is no more than `effect`: P(Σ Eᵢ (xᵢ - effect) <= 0),
 * Eᵢ independent and exponential, over the improvements and one row more that is as bad as any may be, the floor. For
 * improvements of -1, 0 and 1, a floor of -1 and no effect it is McNemar's exact test. By saddlepoint, which is within 8 % of it.
 * Sources: N. Gaffke, Three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative variable, 2005;
 * J. Learned-Miller and P. Thomas, A new confidence interval for the mean of a bounded random variable, 2019 (that it holds for
 * every bounded variable is conjectured and was never seen to fail); R. Lugannani and S. Rice, Saddle point approximation, 1980.
 */
export function gaffkeP(improvements: Tally, floor: number, effect: number): number {
  const { values, counts, rows, mean } = improvements;
  if (!values.some((value, at) => value > effect && (counts[at] ?? 0) > 0)) return 1;
  if (floor >= effect) return 0;
  if (rows * (mean - effect) + floor - effect <= 0) return 0.5;
  const { s, spread } = saddlepoint(improvements, floor, effect);
  const w = -Math.sqrt(2 * logarithms(improvements, floor, effect, s));
  const u = s * spread;
  // Where they meet, nothing is known of the tail and the formula divides by nothing.
  if (!(w < -1e-6)) return 0.5;
  const density = Math.exp((-w * w) / 2) / Math.sqrt(2 * Math.PI);
  return Math.min(Math.max(normalCdf(w) + density * (1 / w - 1 / u), 0), 0.5);
}

/** One-sided lower bound, at `alpha`, of the mean improvement: the largest effect that the rows refute. */
export function gaffkeLower(improvements: Tally, floor: number, alpha: number): number {
  const { values, mean } = improvements;
  if (values.length === 1 && values[0] === floor) return floor;
  // Straightened: the square root of a tail's logarithm falls with the effect about as a line does.
  const asked = Math.sqrt(-2 * Math.log(alpha));
  const short = (effect: number): number =>
    asked - Math.sqrt(-2 * Math.log(Math.max(gaffkeP(improvements, floor, effect), Number.MIN_VALUE)));
  return rootBelow(floor, mean, short);
}
